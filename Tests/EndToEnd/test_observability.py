"""What a process tells of itself: metrics, /debug, traces to an OpenTelemetry collector, a binary log."""

import concurrent.futures
import subprocess

import grpc
import pytest
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from prometheus_client.parser import text_string_to_metric_families

from mesh import BINARY, ENVIRONMENT, Mesh, Process, curl, eventually

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Collector(trace_service_pb2_grpc.TraceServiceServicer, metrics_service_pb2_grpc.MetricsServiceServicer):
    """An OpenTelemetry collector made of grpcio and OpenTelemetry's own messages."""

    def __init__(self):
        self.spans, self.services, self.metrics = [], set(), {}

    def Export(self, request, context):
        if isinstance(request, trace_service_pb2.ExportTraceServiceRequest):
            for resource in request.resource_spans:
                attributes = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                self.services.add(attributes["service.name"])
                for scope in resource.scope_spans:
                    self.spans += [(attributes["service.name"], span) for span in scope.spans]
            return trace_service_pb2.ExportTraceServiceResponse()
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                self.metrics.update({metric.name: metric for metric in scope.metrics})
        return metrics_service_pb2.ExportMetricsServiceResponse()


@pytest.fixture
def collector():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    collector = Collector()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(collector, server)
    collector.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield collector
    server.stop(0).wait()


class Config:
    """A config service by itself, in plain text."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.process = Process(
            [BINARY, "serve", "config", "--insecure", "--registry", "none", "--port", 0, "--data", folder / "data",
             *arguments], folder, "config")

    def __enter__(self):
        self.port = int(self.process.wait_for(r"listening.* port=(\d+)").group(1))
        self.url = f"http://127.0.0.1:{self.port}"
        self.target = f"127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self.process.stop()

    def call(self, stubs, method, request, **metadata):
        with grpc.insecure_channel(self.target) as channel:
            stub = stubs.config_grpc.ConfigServiceStub(channel)
            return getattr(stub, method)(request, metadata=list(metadata.items()), timeout=20)


def put(stubs, service="shop"):
    request = stubs.config.PutConfigRequest(service=service, environment="prod")
    request.config.update({"n": 1})
    return request


def get(stubs, service="shop"):
    return stubs.config.GetConfigRequest(service=service, environment="prod")


@pytest.mark.interop
def test_metrics_have_the_names_of_grpc(tmp_path, stubs):
    with Config(tmp_path) as config:
        config.call(stubs, "PutConfig", put(stubs))
        with pytest.raises(grpc.RpcError):
            config.call(stubs, "GetConfig", get(stubs, "nobody"))
        text = curl(config.url + "/metrics").text
    method = 'grpc_method="weft.config.v1.ConfigService/PutConfig"'
    assert f"grpc_server_call_started_total{{{method}}} 1\n" in text
    assert f'grpc_server_call_duration_seconds_count{{{method},grpc_status="OK"}} 1\n' in text
    assert f'grpc_server_call_duration_seconds_bucket{{{method},grpc_status="OK",le="100"}} 1\n' in text
    size = len(put(stubs).SerializeToString())
    name = "grpc_server_call_rcvd_total_compressed_message_size_bytes"
    assert f'{name}_sum{{{method},grpc_status="OK"}} {size}\n' in text
    failed = 'grpc_method="weft.config.v1.ConfigService/GetConfig",grpc_status="NOT_FOUND"'
    assert f"grpc_server_call_duration_seconds_count{{{failed}}} 1\n" in text


@pytest.mark.interop
def test_debug_shows_failed_calls_with_their_trace(tmp_path, stubs):
    with Config(tmp_path) as config:
        config.call(stubs, "PutConfig", put(stubs))
        with pytest.raises(grpc.RpcError):
            config.call(stubs, "GetConfig", get(stubs, "nobody"), traceparent=PARENT, **{"x-request-id": "req-7"})
        report = curl(config.url + "/debug").json()
        page = curl(config.url + "/debug", "-H", "Accept: text/html")
        far = curl(config.url + "/debug", "-H", "X-Forwarded-For: 192.0.2.1")
    assert report["service"] == "config"
    methods = {method["method"]: method for method in report["server"]["methods"]}
    written = methods["weft.config.v1.ConfigService/PutConfig"]
    assert written["started"] == 1 and written["in_flight"] == 0 and written["statuses"] == {"OK": 1}
    assert written["last_minute"]["p99_seconds"] > 0
    failed = report["recent"]["failed"][0]
    assert failed["method"] == "weft.config.v1.ConfigService/GetConfig"
    assert failed["status"] == "NOT_FOUND"
    assert failed["trace_id"] == TRACE and failed["request_id"] == "req-7"
    assert page.fields["content-type"].startswith("text/html") and TRACE in page.text
    assert far.status == 403


def test_every_port_of_a_mesh_has_a_debug_page(mesh):
    assert mesh.curl("/debug").json()["service"] == "gateway"
    for port, name in [(mesh.registry_port, "registry"), (mesh.config_port, "config")]:
        assert curl(f"http://127.0.0.1:{port}/debug").json()["service"] == name


@pytest.mark.interop
def test_spans_and_metrics_reach_a_collector(tmp_path, stubs, collector):
    with Config(tmp_path, "--otlp", f"127.0.0.1:{collector.port}") as config:
        config.call(stubs, "PutConfig", put(stubs), traceparent=PARENT)
        config.call(stubs, "PutConfig", put(stubs))
        eventually(lambda: collector.spans, 30, "the span")
    service, span = collector.spans[0]
    assert service == "config" and len(collector.spans) == 1, "a call without a trace begins none by itself"
    assert span.name == "weft.config.v1.ConfigService/PutConfig"
    assert span.trace_id.hex() == TRACE and span.parent_span_id.hex() == "b7ad6b7169203331"
    assert span.kind == span.SPAN_KIND_SERVER
    assert span.end_time_unix_nano > span.start_time_unix_nano > 10**18
    attributes = {pair.key: pair.value for pair in span.attributes}
    assert attributes["rpc.system"].string_value == "grpc"
    assert attributes["rpc.grpc.status_code"].int_value == 0
    # A process that stops sends its metrics once more.
    started = collector.metrics["grpc.server.call.started"].sum
    assert started.is_monotonic
    assert [(p.attributes[0].value.string_value, p.as_int) for p in started.data_points if "Put" in str(p)] == [
        ("weft.config.v1.ConfigService/PutConfig", 2)]


def test_a_request_is_one_trace_from_the_gateway_to_the_service(tmp_path, collector):
    with Mesh(tmp_path, "--otlp", f"127.0.0.1:{collector.port}") as mesh:
        mesh.curl("/v1/config/shop/prod", method="PUT", data='{"config":{"n":1}}')
        answer = mesh.curl("/v1/config/shop/prod", "-H", f"traceparent: {PARENT}")
        assert answer.status == 200
        eventually(lambda: len(collector.spans) == 3, 30, "three spans")
    by_kind = {(service, span.kind): span for service, span in collector.spans}
    request, call, served = (by_kind[key] for key in [("gateway", 2), ("gateway", 3), ("config", 2)])
    assert {span.trace_id.hex() for span in (request, call, served)} == {TRACE}
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    assert call.parent_span_id == request.span_id and served.parent_span_id == call.span_id


@pytest.mark.interop
def test_prometheus_reads_the_metrics_of_every_port(mesh):
    for url in [mesh.gateway] + [f"http://127.0.0.1:{port}" for port in (mesh.registry_port, mesh.config_port)]:
        families = {family.name: family for family in text_string_to_metric_families(curl(url + "/metrics").text)}
        assert families
        for family in families.values():
            if family.type == "histogram":
                check_histogram(family)


def check_histogram(family):
    """Buckets rise, and the last one holds all."""
    buckets, counts = {}, {}
    for sample in family.samples:
        labels = tuple(sorted((key, value) for key, value in sample.labels.items() if key != "le"))
        if sample.name.endswith("_bucket"):
            buckets.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_count"):
            counts[labels] = sample.value
    assert buckets.keys() == counts.keys()
    for labels, found in buckets.items():
        assert found == sorted(found) and [v for _, v in found] == sorted(v for _, v in found)
        assert found[-1] == (float("inf"), counts[labels])


@pytest.mark.interop
def test_sampling_begins_traces(tmp_path, stubs, collector):
    arguments = ["--otlp", f"http://127.0.0.1:{collector.port}", "--trace-sample", "1"]
    with Config(tmp_path, *arguments) as config:
        for _ in range(3):
            config.call(stubs, "PutConfig", put(stubs))
    assert len({span.trace_id for _, span in collector.spans}) == 3, "all are sent before the process ends"


def test_a_collector_that_is_not_there_stops_nothing(tmp_path, stubs):
    with Config(tmp_path, "--otlp", "127.0.0.1:1", "--trace-sample", "1") as config:
        config.call(stubs, "PutConfig", put(stubs))
        assert curl(config.url + "/health").status == 200
    assert config.process.popen.returncode == 0


@pytest.mark.parametrize("flag,value", [
    ("--otlp", "ftp://x"), ("--trace-sample", "2"), ("--binary-log", "*,*"), ("--debug", "some")])
def test_a_setting_that_cannot_be_is_refused(tmp_path, flag, value):
    command = [BINARY, "serve", "config", "--insecure", "--registry", "none", "--port", "0", flag, value]
    result = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1 and flag.lstrip("-") in result.stderr


def test_a_binary_log_can_be_replayed(tmp_path, stubs):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Config(tmp_path / "one", "--binary-log", "weft.config.v1.ConfigService/*") as config:
        config.call(stubs, "PutConfig", put(stubs))
        with pytest.raises(grpc.RpcError):
            config.call(stubs, "GetConfig", get(stubs, "nobody"), authorization="Bearer secret")
    log = tmp_path / "one/data/config.binlog"
    assert log.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in log.read_bytes()

    def replay(*arguments):
        command = [BINARY, "replay", str(log), "--target", config.target, "--plaintext", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)

    with Config(tmp_path / "two") as config:
        result = replay("--speed", "max", "--concurrency", "1", "--check")
        assert result.returncode == 0, result.stderr + result.stdout
        assert "2 calls in " in result.stdout
        stored = config.call(stubs, "GetConfig", get(stubs))
        assert stored.version == 1, "the recorded call was made again"
        config.call(stubs, "PutConfig", put(stubs, "nobody"))
        found = replay("--check", "--methods", "GetConfig")
        assert found.returncode == 1
        assert "1 call answered OK instead of NOT_FOUND" in found.stdout


def entries(log):
    """The entries of a binary log, each with its length in front."""
    data = log.read_bytes()
    while data:
        size = 4 + int.from_bytes(data[:4], "big")
        yield data[:size]
        data = data[size:]


@pytest.mark.interop
def test_a_replay_counts_every_call_of_the_log_once(tmp_path, stubs):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    with Config(tmp_path / "one", "--binary-log", "weft.config.v1.ConfigService/*") as config:
        config.call(stubs, "PutConfig", put(stubs, "headless"))
        config.call(stubs, "PutConfig", put(stubs))
        for nobody in ("nobody", "elsewhere"):
            with pytest.raises(grpc.RpcError):
                config.call(stubs, "GetConfig", get(stubs, nobody))
        with grpc.insecure_channel(config.target) as channel:
            watch = stubs.config_grpc.ConfigServiceStub(channel).WatchConfig(
                stubs.config.WatchConfigRequest(service="shop", environment="prod"), timeout=20)
            next(watch)
            watch.cancel()
        eventually(lambda: "CANCELLED" in curl(config.url + "/metrics").text, 20, "the server to see the cancellation")
        config.call(stubs, "GetConfig", get(stubs))
    whole = list(entries(tmp_path / "one/data/config.binlog"))
    # A log that was begun and ended in the middle of a call.
    log = tmp_path / "half.binlog"
    log.write_bytes(b"".join(whole[1:-1]))

    with Config(tmp_path / "two") as config:
        config.call(stubs, "PutConfig", put(stubs, "elsewhere"))
        result = subprocess.run(
            [BINARY, "replay", str(log), "--target", config.target, "--plaintext", "--speed", "max", "--concurrency", "1"],
            cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    rows = {line.split()[0]: [int(part) for part in line.split()[1:7]] for line in result.stdout.splitlines()
            if line.startswith(("weft.config", "(unknown)")) and ":" not in line}
    # recorded, same, other status, other reply, not compared, left out
    assert rows == {
        "(unknown)": [1, 0, 0, 0, 0, 1],
        "weft.config.v1.ConfigService/PutConfig": [1, 0, 0, 1, 0, 0],  # it tells the time
        "weft.config.v1.ConfigService/GetConfig": [3, 1, 1, 0, 1, 0],
        "weft.config.v1.ConfigService/WatchConfig": [1, 0, 0, 0, 1, 0],
    }, result.stdout
    assert "GetConfig: 1 call not compared: the log does not have the end" in result.stdout
    assert "WatchConfig: 1 call not compared: its caller broke it off" in result.stdout
    assert "5 calls in " in result.stdout
