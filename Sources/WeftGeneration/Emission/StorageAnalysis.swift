import WeftProtobuf

/// Decides which sub-messages lie behind a reference: those through which a message would contain
/// itself, and those that would make it too large to move about.
struct StorageAnalysis {
  /// A sub-message of more bytes than this is not stored in place.
  private static let maxInlineSize = 256

  /// By index of the message, the number of its group of mutually recursive messages.
  private var component: [Int]
  private var size: [Int]

  init(_ pool: DescriptorPool) {
    component = Array(repeating: -1, count: pool.messages.count)
    size = Array(repeating: 0, count: pool.messages.count)
    var search = ComponentSearch(count: pool.messages.count)
    for message in pool.messages { search.visit(message) }
    component = search.component
    // Components come out with what they refer to first, which is the order that sizes need.
    for message in search.order { size[message.index] = inlineSize(message) }
  }

  /// Whether the message type of a singular field must lie behind a reference.
  func isIndirect(_ field: FieldDescriptor) -> Bool {
    guard let message = field.message, let target = field.messageType, !field.isRepeated else {
      return false
    }
    return component[message.index] == component[target.index]
      || size[target.index] > Self.maxInlineSize
  }

  private func inlineSize(_ message: MessageDescriptor) -> Int {
    // Unknown fields are an array.
    var total = 8
    for field in message.fields where field.oneof == nil {
      total += inlineSize(field) + (field.hasPresence ? 8 : 0)
    }
    for oneof in message.oneofs { total += (oneof.fields.map(inlineSize).max() ?? 0) + 8 }
    return total
  }

  private func inlineSize(_ field: FieldDescriptor) -> Int {
    if field.isRepeated { return 8 }
    guard let target = field.messageType else { return field.type == .string ? 16 : 8 }
    return isIndirect(field) ? 8 : size[target.index]
  }
}

/// Tarjan's search for strongly connected components, over singular fields: repeated ones are stored
/// apart anyway.
private struct ComponentSearch {
  var component: [Int]
  /// Every message after those that its fields hold, but for recursion.
  var order: [MessageDescriptor] = []
  private var entered: [Int]
  private var lowest: [Int]
  private var stack: [MessageDescriptor] = []
  private var clock = 0
  private var components = 0

  init(count: Int) {
    component = Array(repeating: -1, count: count)
    entered = component
    lowest = component
  }

  mutating func visit(_ message: MessageDescriptor) {
    let index = message.index
    guard entered[index] < 0 else { return }
    entered[index] = clock
    lowest[index] = clock
    clock += 1
    stack.append(message)
    for field in message.fields where !field.isRepeated {
      guard let target = field.messageType else { continue }
      if entered[target.index] < 0 {
        visit(target)
        lowest[index] = min(lowest[index], lowest[target.index])
      } else if component[target.index] < 0 {
        lowest[index] = min(lowest[index], entered[target.index])
      }
    }
    guard lowest[index] == entered[index] else { return }
    while let member = stack.popLast() {
      component[member.index] = components
      order.append(member)
      if member === message { break }
    }
    components += 1
  }
}
