import NIOCore
import WeftHTTP2
import WeftHost
import WeftRegistry
import WeftRegistryPage

/// What the registry's HTTP door answers beside Consul's API: the page at `/ui`, and the vitals of every process.
struct RegistryPages: HTTPResponder {
  private let page: RegistryPage
  private let vitals: VitalsResponder

  init(registry: Registry, vitals: VitalsResponder) {
    page = RegistryPage(source: RegistryPageSource(registry: registry))
    self.vitals = vitals
  }

  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    if RegistryPage.serves(request.path) {
      try await page.respond(to: request, body: body, writer: writer)
    } else if request.path == "/" {
      try await writer.respond(status: 307, fields: ["location": "/ui/"], body: ByteBuffer())
    } else {
      try await vitals.respond(to: request, body: body, writer: writer)
    }
  }
}
