/// A file of the page, as the binary carries it.
struct PageAsset: Sendable {
  let type: String
  let bytes: [UInt8]
  /// Strong validator (RFC 9110, section 8.8.3): another one for other bytes.
  let tag: String

  private init(_ type: String, _ bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
    // FNV-1a: nobody but this build's author chooses the bytes.
    let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    tag = "\"\(String(hash, radix: 16))\""
  }

  private static func script(_ bytes: [UInt8]) -> PageAsset {
    PageAsset("text/javascript; charset=utf-8", bytes)
  }
  private static func style(_ bytes: [UInt8]) -> PageAsset { PageAsset("text/css; charset=utf-8", bytes) }

  static let page = PageAsset("text/html; charset=utf-8", PackageResources.index_html)

  /// By the name behind `/ui/assets/`.
  static let named: [String: PageAsset] = [
    "api.js": script(PackageResources.api_js), "dom.js": script(PackageResources.dom_js),
    "finder.js": script(PackageResources.finder_js), "keys.js": script(PackageResources.keys_js),
    "main.js": script(PackageResources.main_js), "nodes.js": script(PackageResources.nodes_js),
    "parts.js": script(PackageResources.parts_js), "paths.js": script(PackageResources.paths_js),
    "services.js": script(PackageResources.services_js), "style.css": style(PackageResources.style_css),
    "parts.css": style(PackageResources.parts_css),
    "icon.svg": PageAsset("image/svg+xml", PackageResources.icon_svg),
  ]
}
