import WeftRPC

extension OTLPResource {
  func request(spans: [TraceSpan]) -> Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest {
    .with {
      $0.resourceSpans = [
        .with {
          $0.resource = resource
          $0.scopeSpans = [
            .with {
              $0.scope = scope
              $0.spans = spans.map(Self.span)
            }
          ]
        }
      ]
    }
  }

  private static func span(_ span: TraceSpan) -> Opentelemetry_Proto_Trace_V1_Span {
    var result = Opentelemetry_Proto_Trace_V1_Span()
    result.traceID = bytes(span.context.traceID.high) + bytes(span.context.traceID.low)
    result.spanID = bytes(span.context.spanID)
    result.parentSpanID = span.parentSpanID.map(bytes) ?? []
    result.traceState = span.context.state
    result.flags = (span.context.isSampled ? 1 : 0) | (span.context.isRandom ? 2 : 0)
    result.name = span.name
    result.kind =
      switch span.kind {
      case .server: .server
      case .client: .client
      case .internal: .internal
      }
    result.startTimeUnixNano = span.start
    // A clock that was set back must not make a span end before it began.
    result.endTimeUnixNano = max(span.end, span.start)
    result.attributes = span.attributes.map { pair($0.key, $0.value) }
    result.events = span.events.map { event in
      .with {
        $0.name = event.name
        $0.timeUnixNano = event.time
        $0.attributes = event.attributes.map { pair($0.key, $0.value) }
      }
    }
    result.links = span.links.map { link in
      .with {
        $0.traceID = bytes(link.traceID.high) + bytes(link.traceID.low)
        $0.spanID = bytes(link.spanID)
        $0.traceState = link.state
      }
    }
    if isError(span) {
      result.status = .with {
        $0.code = .error
        $0.message = span.message
      }
    }
    return result
  }

  /// On a server only what is the server's fault is an error of its span, as OpenTelemetry's conventions for gRPC
  /// have it.
  private static func isError(_ span: TraceSpan) -> Bool {
    guard span.kind == .server else { return span.status != .ok }
    switch span.status {
    case .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss: return true
    default: return false
    }
  }

  private static func bytes(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
