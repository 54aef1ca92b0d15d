import CNghttp2

/// nghttp2's options, with its answers to floods switched on.
struct SessionOptions: ~Copyable {
  let pointer: OpaquePointer

  init?(_ configuration: HTTP2Session.Configuration) {
    var option: OpaquePointer?
    guard nghttp2_option_new(&option) == 0, let option else { return nil }
    pointer = option
    // Windows open only as the application reads: that is the back-pressure.
    nghttp2_option_set_no_auto_window_update(option, 1)
    // Closed streams are kept for RFC 7540 priorities only, which nobody uses here.
    nghttp2_option_set_no_closed_streams(option, 1)
    // Unanswered PING and SETTINGS acknowledgements that may pile up (CVE-2019-9512, -9515).
    nghttp2_option_set_max_outbound_ack(option, 256)
    nghttp2_option_set_max_settings(option, 32)
    // Rapid reset (CVE-2023-44487): a burst of 1000 resets, then 100 a second.
    nghttp2_option_set_stream_reset_rate_limit(option, 1000, 100)
    // CONTINUATION flood (CVE-2024-28182).
    nghttp2_option_set_max_continuations(option, 8)
    if configuration.role == .client {
      nghttp2_option_set_peer_max_concurrent_streams(option, 100)
    }
  }

  deinit {
    nghttp2_option_del(pointer)
  }
}
