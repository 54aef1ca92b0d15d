/// What sessions need only while they are used, shared by all connections of a loop: ten thousand that rest would
/// otherwise keep it ten thousand times. On one thread.
final class SessionScratch {
  // Unchecked: no access calls out while it lasts.
  @exclusivity(unchecked) var block = HeaderBlock()
  @exclusivity(unchecked) var spares = SpareBuffers()
}
