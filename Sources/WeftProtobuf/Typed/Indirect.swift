/// A value held by reference, for messages that contain themselves and for large ones.
///
/// It is as immutable as the value itself, so copies may share it.
public indirect enum Indirect<Value> {
  case stored(Value)

  @inlinable public init(_ value: Value) { self = .stored(value) }

  @inlinable public var value: Value {
    switch self {
    case .stored(let value): value
    }
  }
}

extension Indirect: Sendable where Value: Sendable {}
extension Indirect: Equatable where Value: Equatable {}
extension Indirect: Hashable where Value: Hashable {}
