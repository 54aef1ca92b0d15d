"""What gRPC's own tools find on a server of the mesh: health, channelz, an authorisation policy, new certificates."""

import re
import subprocess
import time

import grpc
import pytest
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

import protos
from mesh import BINARY, ENVIRONMENT, Process, eventually

pytestmark = pytest.mark.interop


def alone(mesh, name, *arguments):
    """A config service of its own, without a registry."""
    process = Process(
        [BINARY, "serve", "config", "--port", 0, "--registry", "none", "--certs", mesh.certs,
         "--data", mesh.folder / name, *arguments], mesh.folder, name)
    port = int(process.wait_for(r"listening.*port=(\d+)").group(1))
    return process, port


def test_channelz_tells_of_servers_and_their_connections(mesh):
    with protos.channel(mesh, mesh.config_port) as channel:
        channelz = channelz_pb2_grpc.ChannelzStub(channel)
        servers = channelz.GetServers(channelz_pb2.GetServersRequest(start_server_id=0), timeout=10)
        assert [server.ref.name for server in servers.server] == ["config"] and servers.end
        server = servers.server[0]
        assert server.data.calls_started > 0
        sockets = channelz.GetServerSockets(
            channelz_pb2.GetServerSocketsRequest(server_id=server.ref.server_id), timeout=10)
        assert sockets.socket_ref
        remote = []
        for reference in sockets.socket_ref:
            socket = channelz.GetSocket(
                channelz_pb2.GetSocketRequest(socket_id=reference.socket_id), timeout=10).socket
            assert socket.local.tcpip_address.port == mesh.config_port
            assert socket.security.tls.other_name == "TLSv1.3"
            assert b"spiffe://weft.internal/service/" in socket.security.tls.remote_certificate
            remote.append(socket.data.streams_started)
        assert any(remote)


def test_channelz_tells_of_channels(mesh):
    with protos.channel(mesh, mesh.config_port) as channel:
        channelz = channelz_pb2_grpc.ChannelzStub(channel)
        top = channelz.GetTopChannels(channelz_pb2.GetTopChannelsRequest(start_channel_id=0), timeout=10)
        registry = [entry for entry in top.channel if str(mesh.registry_port) in entry.data.target]
        assert registry and registry[0].data.calls_succeeded > 0
        subchannel = channelz.GetSubchannel(
            channelz_pb2.GetSubchannelRequest(subchannel_id=registry[0].subchannel_ref[0].subchannel_id), timeout=10)
        assert subchannel.subchannel.data.state.state == channelz_pb2.ChannelConnectivityState.READY
        with pytest.raises(grpc.RpcError) as error:
            channelz.GetChannel(channelz_pb2.GetChannelRequest(channel_id=1 << 60), timeout=10)
        assert error.value.code() == grpc.StatusCode.NOT_FOUND


def test_a_health_watch_ends_with_the_server(mesh):
    process, port = alone(mesh, "watched")
    with protos.channel(mesh, port) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=60)
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        started = time.monotonic()
        process.popen.terminate()
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        with pytest.raises(grpc.RpcError) as error:
            next(watch)
        assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    # A second signal would end it at once.
    assert process.popen.wait(40) == 0
    assert time.monotonic() - started < 14, "the drain waited for the watch"
    process.stop()


POLICY = """
name: test
allow_rules:
  - name: reads
    source: {principals: [spiffe://weft.internal/service/client]}
    request: {paths: [/weft.config.v1.ConfigService/GetConfig, /grpc.health.v1.Health/*]}
"""


def test_a_policy_file_decides_and_is_read_again(mesh, stubs):
    policy = mesh.folder / "policy.yaml"
    policy.write_text(POLICY)
    process, port = alone(mesh, "guarded", "--authorization", policy)
    with protos.channel(mesh, port) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)

        def put():
            try:
                request = stubs.config.PutConfigRequest(service="guarded", environment="prod")
                request.config.update({"n": 1})
                client.PutConfig(request, timeout=10)
                return grpc.StatusCode.OK
            except grpc.RpcError as error:
                return error.code()

        with pytest.raises(grpc.RpcError) as error:
            client.GetConfig(stubs.config.GetConfigRequest(service="guarded", environment="prod"), timeout=10)
        assert error.value.code() == grpc.StatusCode.NOT_FOUND
        assert put() == grpc.StatusCode.PERMISSION_DENIED
        policy.write_text("name: [")
        process.wait_for("the old one stays")
        assert put() == grpc.StatusCode.PERMISSION_DENIED
        policy.write_text(POLICY.replace("GetConfig", "*"))
        eventually(lambda: put() == grpc.StatusCode.OK, 60, "the new policy to hold")
    assert process.stop() == 0


def test_a_policy_that_cannot_be_used_keeps_a_process_from_starting(mesh):
    policy = mesh.folder / "bad.yaml"
    policy.write_text("name: bad\nallow_rules:\n  - name: all\n    pahts: [x]\n")
    result = subprocess.run(
        [BINARY, "serve", "config", "--port", "0", "--registry", "none", "--certs", str(mesh.certs), "--data",
         str(mesh.folder / "bad"), "--authorization", str(policy)], env=ENVIRONMENT, capture_output=True, text=True,
        timeout=60)
    assert result.returncode == 1
    assert "bad.yaml" in result.stderr and "allow_rules[0].pahts" in result.stderr


def test_a_renewed_certificate_is_shown_without_a_restart(own_mesh):
    process, port = alone(own_mesh, "renewed")

    def serial():
        shown = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", str(own_mesh.certs / "ca.pem"), "-cert",
             str(own_mesh.certs / "client.pem"), "-key", str(own_mesh.certs / "client-key.pem")], input=b"",
            capture_output=True, timeout=20).stdout.decode()
        pem = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", shown, re.S).group(0)
        text = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=pem, capture_output=True, text=True)
        return text.stdout

    before = serial()
    for name in ["config.pem", "config-key.pem"]:
        (own_mesh.certs / name).unlink()
    subprocess.run([BINARY, "certs", "issue", "config", "--certs", str(own_mesh.certs)], check=True, env=ENVIRONMENT)
    eventually(lambda: serial() != before, 60, "the new certificate to be shown")
    assert process.stop() == 0
