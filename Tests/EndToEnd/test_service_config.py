"""Service configs between Weft and grpcio: calls of `weft call` to a grpcio server, and the other way round."""

import concurrent.futures
import contextlib
import json
import subprocess

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

import protos
from mesh import BINARY, ENVIRONMENT, ROOT

pytestmark = pytest.mark.interop

SERVICE = "weft.config.v1.ConfigService"
RETRY = {"maxAttempts": 4, "initialBackoff": "0.01s", "maxBackoff": "0.1s", "backoffMultiplier": 2,
         "retryableStatusCodes": ["UNAVAILABLE"]}


def config(**more):
    return {"methodConfig": [{"name": [{"service": SERVICE}], **more}]}


@contextlib.contextmanager
def grpcio_server(stubs, answer, status=health_pb2.HealthCheckResponse.SERVING):
    """A config service that answers as told, with reflection and health; its address."""

    class Servicer(stubs.config_grpc.ConfigServiceServicer):
        def GetConfig(self, request, context):
            return answer(request, context)

        def PutConfig(self, request, context):
            return answer(request, context)

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
    stubs.config_grpc.add_ConfigServiceServicer_to_server(Servicer(), server)
    checks = health.HealthServicer()
    checks.set(SERVICE, status)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    reflection.enable_server_reflection([SERVICE, reflection.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def weft_call(folder, address, settings, method="GetConfig"):
    path = folder / "service-config.json"
    path.write_text(json.dumps(settings))
    command = [BINARY, "call", address, f"{SERVICE}/{method}", '{"service":"x","environment":"prod"}', "--plaintext",
               "--service-config", str(path)]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


class Flaky:
    """Fails some calls, and remembers what each said of the attempts before it."""

    def __init__(self, stubs, failures, trailers=()):
        self.stubs, self.failures, self.trailers = stubs, failures, trailers
        self.attempts = []

    def __call__(self, request, context):
        self.attempts.append(dict(context.invocation_metadata()).get("grpc-previous-rpc-attempts"))
        if len(self.attempts) <= self.failures:
            context.set_trailing_metadata(self.trailers)
            context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
        return self.stubs.config.Config(service=request.service, version=7)


def test_weft_retries_calls_to_grpcio(stubs, tmp_path):
    flaky = Flaky(stubs, failures=2)
    with grpcio_server(stubs, flaky) as address:
        result = weft_call(tmp_path, address, config(retryPolicy=RETRY))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["version"] == 7
    assert flaky.attempts == [None, "1", "2"]


def test_weft_calls_grpcio_once_without_a_policy(stubs, tmp_path):
    flaky = Flaky(stubs, failures=1)
    with grpcio_server(stubs, flaky) as address:
        # GetConfig is marked as free of side effects, and would be retried.
        result = weft_call(tmp_path, address, config(timeout="10s"), "PutConfig")
    assert result.returncode == 1
    assert "UNAVAILABLE: not yet" in result.stderr
    assert flaky.attempts == [None]


def test_weft_heeds_the_push_back_of_grpcio(stubs, tmp_path):
    flaky = Flaky(stubs, failures=1, trailers=(("grpc-retry-pushback-ms", "-1"),))
    with grpcio_server(stubs, flaky) as address:
        result = weft_call(tmp_path, address, config(retryPolicy=RETRY))
    assert result.returncode == 1
    assert "UNAVAILABLE: not yet" in result.stderr
    assert flaky.attempts == [None]


def test_weft_calls_no_grpcio_server_that_says_it_does_not_serve(stubs, tmp_path):
    settings = config(timeout="10s") | {"healthCheckConfig": {"serviceName": SERVICE}}
    flaky = Flaky(stubs, failures=0)
    with grpcio_server(stubs, flaky) as address:
        assert weft_call(tmp_path, address, settings).returncode == 0
    with grpcio_server(stubs, flaky, health_pb2.HealthCheckResponse.NOT_SERVING) as address:
        result = weft_call(tmp_path, address, settings)
    assert result.returncode == 1
    assert f"{SERVICE} is not serving" in result.stderr
    assert len(flaky.attempts) == 1


def test_config_that_is_wrong_is_told_with_its_place(stubs, tmp_path):
    result = weft_call(tmp_path, "127.0.0.1:1", config(retryPolicy=RETRY | {"maxAttempts": "many"}))
    assert result.returncode != 0
    assert "methodConfig[0].retryPolicy.maxAttempts" in result.stderr


def test_grpcio_takes_the_config_of_our_page(mesh, stubs):
    page = (ROOT / "docs" / "service-config.md").read_text()
    settings = json.loads(page.split("```json\n", 1)[1].split("\n```", 1)[0])
    # The service that is asked for its health is none of this server's.
    del settings["healthCheckConfig"]
    options = [("grpc.service_config", json.dumps(settings)), ("grpc.enable_retries", 1)]
    with grpc.secure_channel(f"localhost:{mesh.config_port}", protos.credentials(mesh.certs), options=options) as channel:
        request = stubs.config.GetConfigRequest(service="none", environment="none")
        with pytest.raises(grpc.RpcError) as error:
            stubs.config_grpc.ConfigServiceStub(channel).GetConfig(request, timeout=10)
    # Our server's answer, not a channel that cannot be used for its config.
    assert error.value.code() == grpc.StatusCode.NOT_FOUND
