/// The cases, by the names that gRPC's `--test_case` takes.
public enum InteropCase: String, Sendable, CaseIterable {
  // gRPC's `interop-test-descriptions`.
  case emptyUnary = "empty_unary"
  case largeUnary = "large_unary"
  case clientCompressedUnary = "client_compressed_unary"
  case serverCompressedUnary = "server_compressed_unary"
  case clientStreaming = "client_streaming"
  case clientCompressedStreaming = "client_compressed_streaming"
  case serverStreaming = "server_streaming"
  case serverCompressedStreaming = "server_compressed_streaming"
  case pingPong = "ping_pong"
  case emptyStream = "empty_stream"
  case customMetadata = "custom_metadata"
  case statusCodeAndMessage = "status_code_and_message"
  case specialStatusMessage = "special_status_message"
  case unimplementedMethod = "unimplemented_method"
  case unimplementedService = "unimplemented_service"
  case cancelAfterBegin = "cancel_after_begin"
  case cancelAfterFirstResponse = "cancel_after_first_response"
  case timeoutOnSleepingServer = "timeout_on_sleeping_server"
  case rpcSoak = "rpc_soak"
  case channelSoak = "channel_soak"
  // gRPC's `http2-interop-test-descriptions`: servers that misbehave.
  case goAway = "goaway"
  case resetAfterHeader = "rst_after_header"
  case resetDuringData = "rst_during_data"
  case resetAfterData = "rst_after_data"
  case ping = "ping"
  case maxStreams = "max_streams"
  case dataFramePadding = "data_frame_padding"
  case noDataFramePadding = "no_df_padding_sanity_test"

  /// Whether the case needs a server that misbehaves.
  public var needsMisbehavingServer: Bool {
    switch self {
    case .goAway, .resetAfterHeader, .resetDuringData, .resetAfterData, .ping, .maxStreams, .dataFramePadding,
      .noDataFramePadding:
      true
    default: false
    }
  }
}

extension InteropClient {
  /// Carries out one case.
  ///
  /// - Throws: ``InteropFailure`` that says what was not as it should be, or `RPCError` when a call failed.
  public func run(_ testCase: InteropCase) async throws {
    switch testCase {
    case .emptyUnary: try await emptyUnary()
    case .largeUnary, .ping, .dataFramePadding, .noDataFramePadding: try await largeUnary()
    case .clientCompressedUnary: try await clientCompressedUnary()
    case .serverCompressedUnary: try await serverCompressedUnary()
    case .clientStreaming: try await clientStreaming()
    case .clientCompressedStreaming: try await clientCompressedStreaming()
    case .serverStreaming: try await serverStreaming()
    case .serverCompressedStreaming: try await serverCompressedStreaming()
    case .pingPong: try await pingPong()
    case .emptyStream: try await emptyStream()
    case .customMetadata: try await customMetadata()
    case .statusCodeAndMessage: try await statusCodeAndMessage()
    case .specialStatusMessage: try await specialStatusMessage()
    case .unimplementedMethod: try await unimplementedMethod()
    case .unimplementedService: try await unimplementedService()
    case .cancelAfterBegin: try await cancelAfterBegin()
    case .cancelAfterFirstResponse: try await cancelAfterFirstResponse()
    case .timeoutOnSleepingServer: try await timeoutOnSleepingServer()
    case .rpcSoak: try await soak(newChannelEachTime: false)
    case .channelSoak: try await soak(newChannelEachTime: true)
    case .goAway: try await goAway()
    case .resetAfterHeader, .resetDuringData, .resetAfterData: try await reset()
    case .maxStreams: try await maxStreams()
    }
  }
}
