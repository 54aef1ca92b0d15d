import WeftProtobuf

/// Consul's network coordinates. The registry measures no distances: every node is at the origin.
enum Coordinate {
  static func write(to output: inout JSONOutput) {
    output.raw(#"{"Vec":[0,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}"#.utf8)
  }
}
