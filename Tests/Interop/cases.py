"""The cases of gRPC's interoperability tests, by the names that --test_case takes."""

# gRPC's interop-test-descriptions, less what needs Google's cloud, a caching proxy, or a load balancer of one's own.
GENERAL = [
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "custom_metadata",
    "status_code_and_message",
    "special_status_message",
    "unimplemented_method",
    "unimplemented_service",
    "cancel_after_begin",
    "cancel_after_first_response",
    "timeout_on_sleeping_server",
]
COMPRESSION = [
    "client_compressed_unary",
    "server_compressed_unary",
    "client_compressed_streaming",
    "server_compressed_streaming",
]
SOAK = ["rpc_soak", "channel_soak"]
# Of the C++ client alone.
UNDESCRIBED = ["half_duplex", "slow_consumer"]
ALL = GENERAL + COMPRESSION + SOAK + UNDESCRIBED

# gRPC's http2-interop-test-descriptions, in the order of the ports of its http2_test servers.
MISBEHAVIOUR = [
    "data_frame_padding",
    "goaway",
    "max_streams",
    "no_df_padding_sanity_test",
    "ping",
    "rst_after_data",
    "rst_after_header",
    "rst_during_data",
]

SOAK_FLAGS = [
    "--soak_iterations=10",
    "--soak_per_iteration_max_acceptable_latency_ms=10000",
    "--soak_overall_timeout_seconds=100",
]
