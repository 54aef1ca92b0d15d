"""Compressed calls with clients that share no code with Weft."""

import gzip
import struct
import subprocess

import grpc
import pytest
from google.protobuf import json_format

import protos

pytestmark = pytest.mark.interop

LIMIT = 4 << 20


def compressed_channel(mesh, compression):
    return grpc.secure_channel(
        f"localhost:{mesh.config_port}", protos.credentials(mesh.certs), compression=compression)


def request_of(stubs, service, text):
    request = stubs.config.PutConfigRequest(service=service, environment="prod")
    request.config.update({"text": text})
    return request


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate], ids=["gzip", "deflate"])
def test_grpcio_compresses_what_it_sends(mesh, stubs, compression):
    text = "woven " * 5000
    with compressed_channel(mesh, compression) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        service = f"packed-{compression.name.lower()}"
        stored = client.PutConfig(request_of(stubs, service, text), timeout=10)
        assert json_format.MessageToDict(stored.config) == {"text": text}


def test_a_bomb_from_grpcio_meets_the_message_limit(mesh, stubs):
    with compressed_channel(mesh, grpc.Compression.Gzip) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        with pytest.raises(grpc.RpcError) as error:
            client.PutConfig(request_of(stubs, "bomb", "0" * (2 * LIMIT)), timeout=30)
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert str(LIMIT) in error.value.details()


def test_a_service_compresses_its_replies_when_its_settings_say_so(mesh, stubs):
    text = "woven " * 5000
    service = mesh.start_config("packing", "--compression", "gzip")
    try:
        port = int(service.wait_for(r"listening .*port=(\d+)").group(1))
        with grpc.secure_channel(f"localhost:{port}", protos.credentials(mesh.certs)) as channel:
            stubs.config_grpc.ConfigServiceStub(channel).PutConfig(request_of(stubs, "replies", text), timeout=10)
        head, body = raw_get(mesh, stubs, port, "replies", "identity,gzip")
        assert "grpc-encoding: gzip" in head
        flag, length = struct.unpack(">BI", body[:5])
        assert flag == 1
        stored = stubs.config.Config.FromString(gzip.decompress(body[5:5 + length]))
        assert json_format.MessageToDict(stored.config) == {"text": text}
        head, body = raw_get(mesh, stubs, port, "replies", "identity")
        assert "grpc-encoding" not in head
        assert body[0] == 0
    finally:
        service.stop()


def test_weft_call_compresses_what_it_sends(mesh):
    result = mesh.weft(
        "call", "config", "PutConfig", '{"service":"packed-call","environment":"prod","config":{"text":"%s"}}'
        % ("woven " * 500), "--compression", "gzip")
    assert "woven woven" in result.stdout


def raw_get(mesh, stubs, port, service, accepted):
    """Head and body of a call that curl makes."""
    message = stubs.config.GetConfigRequest(service=service, environment="prod").SerializeToString()
    certs = mesh.certs
    result = subprocess.run(
        ["curl", "-sS", "-i", "--http2", "--cacert", certs / "ca.pem", "--cert", certs / "client.pem",
         "--key", certs / "client-key.pem", "-H", "content-type: application/grpc", "-H", "te: trailers",
         "-H", f"grpc-accept-encoding: {accepted}", "--data-binary", "@-",
         f"https://localhost:{port}/weft.config.v1.ConfigService/GetConfig"],
        input=struct.pack(">BI", 0, len(message)) + message, capture_output=True, timeout=30, check=True)
    head, body = result.stdout.split(b"\r\n\r\n", 1)
    return head.decode().lower(), body
