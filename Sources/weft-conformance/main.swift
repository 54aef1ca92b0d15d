// The program under test of protobuf's conformance runner: it reads requests from standard input and writes what
// became of them to standard output. Run it with scripts/conformance.
import WeftProtobuf

guard CommandLine.arguments.count == 2 else {
  StandardStreams.fail("usage: weft-conformance DESCRIPTOR-SET")
}
do {
  let pool = try DescriptorPool(fileDescriptorSet: StandardStreams.contents(of: CommandLine.arguments[1]))
  let testee = try Testee(pool: pool)
  while let request = StandardStreams.readRecord() {
    StandardStreams.writeRecord(try testee.answer(request))
  }
} catch {
  StandardStreams.fail("\(error)")
}
