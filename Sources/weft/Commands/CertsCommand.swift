import ArgumentParser
import Foundation
import WeftCertificates

/// `weft certs`: the development authority and its certificates.
struct CertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certs",
    abstract: "Make and show development certificates.",
    discussion: """
      Inside the mesh every connection is mutual TLS: each process has a certificate that says which service it is,
      signed by an authority that all of them trust. 'weft up' makes what it needs; for a service of your own:

        weft certs issue hello      certs/hello.pem and certs/hello-key.pem

      Keys are readable by their owner only. For production use your own authority: any X.509 certificate with a
      URI name spiffe://weft.internal/service/NAME will do.
      """,
    subcommands: [Init.self, Issue.self, Show.self], defaultSubcommand: Show.self)

  struct Folder: ParsableArguments {
    @Option(name: .customLong("certs"), help: "Folder of the certificates.")
    var path = "certs"

    var store: CertificateStore { CertificateStore(directory: path) }
  }

  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the authority and the certificates that 'weft up' needs.")

    @OptionGroup var folder: Folder

    func run() async throws {
      try report("ca", folder.store.initialise(), path: folder.store.authorityPath)
      for name in UpPlan.certificateNames { try issue(name, in: folder.store) }
    }
  }

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a certificate for a service, or keep the one it has while that is good.")

    @OptionGroup var folder: Folder
    @Argument(help: "Name of the service: lower-case letters, digits and dashes.")
    var name: String

    func run() async throws { try issue(name, in: folder.store) }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the certificates, who they stand for, and until when.")

    @OptionGroup var folder: Folder

    func run() async throws {
      let rows = try folder.store.summaries().map { summary in
        [summary.name, Self.text(summary.state), Self.date(summary.notAfter), summary.identity]
      }
      print(TextTable.lines([["NAME", "STATE", "UNTIL", "IDENTITY"]] + rows).joined(separator: "\n"))
    }

    private static func date(_ date: Date?) -> String {
      date.map { $0.formatted(.iso8601.year().month().day()) } ?? "-"
    }

    private static func text(_ state: CertificateSummary.State) -> String {
      switch state {
      case .valid: "valid"
      case .expiresSoon: "expires soon"
      case .expired: "expired"
      case .notYetValid: "not yet valid"
      case .unreadable(let reason): reason
      }
    }
  }
}

private func issue(_ name: String, in store: CertificateStore) throws {
  let outcome = try store.issue(CertificateIdentity(name: name))
  report(name, outcome, path: store.certificatePath(name))
}

private func report(_ name: String, _ outcome: CertificateStore.Outcome, path: String) {
  switch outcome {
  case .kept: print("\(name): kept \(path)")
  case .made: print("\(name): made \(path)")
  case .replaced(let reason): print("\(name): made \(path) anew: \(reason)")
  }
}
