/// A pattern as instructions for ``PatternRun``.
struct PatternProgram: Sendable {
  enum Instruction: Sendable {
    /// Takes one character of the set.
    case take(ScalarSet)
    case assert(PatternAssertion)
    case jump(Int)
    /// Goes on at both places.
    case fork(Int, Int)
    case accept
  }

  /// A pattern that comes to more is refused: counts multiply, and every character of a text may meet them all.
  static let maxInstructions = 2_000

  private(set) var instructions: [Instruction] = []

  init(_ node: PatternNode) throws(PatternError) {
    try emit(node)
    try add(.accept)
  }

  private mutating func add(_ instruction: Instruction) throws(PatternError) {
    guard instructions.count < Self.maxInstructions else { throw PatternError("it is too large") }
    instructions.append(instruction)
  }

  private mutating func emit(_ node: PatternNode) throws(PatternError) {
    switch node {
    case .empty: break
    case .scalar(let set): try add(.take(set))
    case .assertion(let assertion): try add(.assert(assertion))
    case .sequence(let nodes):
      for node in nodes { try emit(node) }
    case .alternatives(let nodes): try emit(alternatives: nodes)
    case .repeated(let node, let least, let most):
      for _ in 0..<least {
        let before = instructions.count
        try emit(node)
        // What takes nothing takes nothing the second time: without this, nested counts of it would multiply.
        if instructions.count == before { break }
      }
      if let most {
        try emit(node, atMost: most - least)
      } else {
        let fork = instructions.count
        try add(.fork(fork + 1, fork + 1))
        try emit(node)
        try add(.jump(fork))
        instructions[fork] = .fork(fork + 1, instructions.count)
      }
    }
  }

  private mutating func emit(alternatives nodes: [PatternNode]) throws(PatternError) {
    var ends: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try emit(node)
        break
      }
      let fork = instructions.count
      try add(.fork(fork + 1, fork + 1))
      try emit(node)
      ends.append(instructions.count)
      try add(.jump(0))
      instructions[fork] = .fork(fork + 1, instructions.count)
    }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  private mutating func emit(_ node: PatternNode, atMost count: Int) throws(PatternError) {
    var forks: [Int] = []
    for _ in 0..<count {
      forks.append(instructions.count)
      try add(.fork(0, 0))
      try emit(node)
    }
    for fork in forks { instructions[fork] = .fork(fork + 1, instructions.count) }
  }
}

/// One search of a text.
struct PatternRun {
  let program: PatternProgram
  /// Instructions that were looked at.
  private(set) var steps = 0

  init(program: PatternProgram) {
    self.program = program
  }

  mutating func occurs(in text: String) -> Bool {
    let count = program.instructions.count
    // An instruction is on the list of a position at most once: that bounds the work.
    var marks = [Int](repeating: -1, count: count)
    var active: [Int] = []
    var next: [Int] = []
    var before: Unicode.Scalar?
    var position = 0
    var scalars = text.unicodeScalars.makeIterator()
    var current = scalars.next()
    while true {
      // The search may begin anywhere.
      if add(0, to: &active, at: position, &marks, before: before, after: current) { return true }
      guard let scalar = current else { return false }
      let following = scalars.next()
      position += 1
      next.removeAll(keepingCapacity: true)
      steps += active.count
      for index in active {
        guard case .take(let set) = program.instructions[index], set.contains(scalar) else { continue }
        if add(index + 1, to: &next, at: position, &marks, before: scalar, after: following) { return true }
      }
      swap(&active, &next)
      before = scalar
      current = following
    }
  }

  /// Follows everything that takes no character.
  /// - Returns: whether the pattern is complete.
  private mutating func add(
    _ start: Int, to list: inout [Int], at position: Int, _ marks: inout [Int], before: Unicode.Scalar?,
    after: Unicode.Scalar?
  ) -> Bool {
    var waiting = [start]
    while let index = waiting.popLast() {
      guard marks[index] != position else { continue }
      marks[index] = position
      steps += 1
      switch program.instructions[index] {
      case .accept: return true
      case .take: list.append(index)
      case .jump(let target): waiting.append(target)
      case .fork(let first, let second):
        waiting.append(second)
        waiting.append(first)
      case .assert(let assertion):
        if Self.holds(assertion, before: before, after: after) { waiting.append(index + 1) }
      }
    }
    return false
  }

  private static func holds(
    _ assertion: PatternAssertion, before: Unicode.Scalar?, after: Unicode.Scalar?
  ) -> Bool {
    switch assertion {
    case .textStart: before == nil
    case .textEnd: after == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: after == nil || after == "\n"
    case .wordBoundary: isWord(before) != isWord(after)
    case .noWordBoundary: isWord(before) == isWord(after)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { ScalarSet.words.contains($0) } ?? false
  }
}
