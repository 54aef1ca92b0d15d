"""The config service on its own port, with gRPC clients that share no code with Weft."""

import json
import subprocess
import sys

import grpc
import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

import protos

pytestmark = pytest.mark.interop


def put_request(stubs, service, config, **more):
    request = stubs.config.PutConfigRequest(service=service, environment="prod", **more)
    request.config.update(config)
    return request


def test_grpcio_puts_and_gets(mesh, stubs):
    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        stored = client.PutConfig(put_request(stubs, "grpcio", {"n": 1}), timeout=10)
        assert stored.version == 1
        assert stored.author == "spiffe://weft.internal/service/client"
        got = client.GetConfig(stubs.config.GetConfigRequest(service="grpcio", environment="prod"), timeout=10)
        assert json_format.MessageToDict(got.config) == {"n": 1}


def test_a_stale_expectation_is_aborted(mesh, stubs):
    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        client.PutConfig(put_request(stubs, "stale", {"n": 1}), timeout=10)
        with pytest.raises(grpc.RpcError) as error:
            client.PutConfig(put_request(stubs, "stale", {"n": 2}, expected_version=5), timeout=10)
        assert error.value.code() == grpc.StatusCode.ABORTED
        assert "nothing was stored" in error.value.details()


def test_a_bad_field_comes_with_google_rpc_details(mesh, stubs):
    from google.rpc import error_details_pb2
    from grpc_status import rpc_status

    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        with pytest.raises(grpc.RpcError) as error:
            client.GetConfig(stubs.config.GetConfigRequest(service="NO", environment=""), timeout=10)
        details = error_details_pb2.BadRequest()
        rpc_status.from_call(error.value).details[0].Unpack(details)
        assert [violation.field for violation in details.field_violations] == ["service", "environment"]


def test_a_watch_sees_every_version_and_ends_when_cancelled(mesh, stubs):
    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        watch = client.WatchConfig(stubs.config.WatchConfigRequest(service="watched", environment="prod"), timeout=60)
        for number in range(1, 51):
            client.PutConfig(put_request(stubs, "watched", {"n": number}), timeout=10)
        versions = [next(watch).version for _ in range(50 - next(watch).version + 1 - 1)]
        assert versions == sorted(set(versions)) and versions[-1] == 50
        watch.cancel()


def test_metadata_cannot_claim_another_author(mesh, stubs):
    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        stored = client.PutConfig(
            put_request(stubs, "forged", {"n": 1}), timeout=10, metadata=[("x-weft-author", "somebody else")])
        assert stored.author == "spiffe://weft.internal/service/client"


def test_a_deadline_that_has_passed_is_said(mesh, stubs):
    with protos.channel(mesh, mesh.config_port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        watch = client.WatchConfig(stubs.config.WatchConfigRequest(service="late", environment="prod"), timeout=0.2)
        with pytest.raises(grpc.RpcError) as error:
            next(watch)
        assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_reflection_is_enough_to_call(mesh):
    with protos.channel(mesh, mesh.config_port) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert "weft.config.v1.ConfigService" in database.get_services()
        pool = descriptor_pool.DescriptorPool(database)
        method = pool.FindServiceByName("weft.config.v1.ConfigService").FindMethodByName("GetConfig")
        request = message_factory.GetMessageClass(method.input_type)(service="nobody", environment="prod")
        call = channel.unary_unary(
            "/weft.config.v1.ConfigService/GetConfig", request_serializer=type(request).SerializeToString,
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString)
        with pytest.raises(grpc.RpcError) as error:
            call(request, timeout=10)
        assert error.value.code() == grpc.StatusCode.NOT_FOUND


def test_the_health_service_answers(mesh):
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with protos.channel(mesh, mesh.config_port) as channel:
        client = health_pb2_grpc.HealthStub(channel)
        for service in ["", "weft.config.v1.ConfigService"]:
            answer = client.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_buf_curl_calls_by_reflection(mesh):
    buf = sys.executable.rpartition("/")[0] + "/buf"
    command = [
        buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--cacert", mesh.certs / "ca.pem",
        "--cert", mesh.certs / "client.pem", "--key", mesh.certs / "client-key.pem",
        "--data", '{"service":"by-buf","environment":"prod","config":{"n":1}}',
        f"https://localhost:{mesh.config_port}/weft.config.v1.ConfigService/PutConfig"]
    command.remove("--http2-prior-knowledge")
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["version"] == 1


def test_plain_gets_for_vitals_need_no_certificate(mesh):
    from mesh import curl

    health = curl(f"http://127.0.0.1:{mesh.config_port}/health")
    assert health.status == 200
    assert health.json()["service"] == "config"
    assert health.fields["x-service-name"] == "config"
    assert health.fields["x-request-id"]
    metrics = curl(f"http://127.0.0.1:{mesh.config_port}/metrics")
    assert metrics.status == 200 and "# TYPE" in metrics.text
