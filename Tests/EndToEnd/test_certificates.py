"""Who has no certificate, a wrong one or an expired one stays outside; who has one is not slowed by those."""

import socket
import ssl
import subprocess

import grpc
import pytest

import protos


def openssl(*arguments):
    subprocess.run(["openssl", *[str(word) for word in arguments]], check=True, capture_output=True)


@pytest.fixture(scope="module")
def strangers(mesh, tmp_path_factory):
    """A certificate of another authority, and an expired one of the right authority; openssl makes both."""
    folder = tmp_path_factory.mktemp("strangers")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10",
            "-subj", "/CN=client", "-addext", "subjectAltName=URI:spiffe://weft.internal/service/client",
            "-keyout", folder / "wrong-key.pem", "-out", folder / "wrong.pem")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=client",
            "-keyout", folder / "expired-key.pem", "-out", folder / "expired.csr")
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=URI:spiffe://weft.internal/service/client\n")
    (folder / "index.txt").write_text("")
    (folder / "ca.cnf").write_text(f"""
[ca]
default_ca = d
[d]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = p
email_in_dn = no
[p]
commonName = supplied
""")
    openssl("ca", "-batch", "-config", folder / "ca.cnf", "-cert", mesh.certs / "ca.pem", "-keyfile",
            mesh.certs / "ca-key.pem", "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-notext",
            "-extfile", extensions, "-in", folder / "expired.csr", "-out", folder / "expired.pem")
    (folder / "ca.pem").write_bytes((mesh.certs / "ca.pem").read_bytes())
    return folder


def handshake(mesh, port, certificate=None):
    """What TLS 1.3 makes of it: the refusal arrives with the first read."""
    context = ssl.create_default_context(cafile=str(mesh.certs / "ca.pem"))
    context.set_alpn_protocols(["h2"])
    if certificate:
        context.load_cert_chain(f"{certificate}.pem", f"{certificate}-key.pem")
    with socket.create_connection(("localhost", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            return connection.recv(9)


def test_a_good_certificate_is_welcome(mesh):
    assert handshake(mesh, mesh.config_port, mesh.certs / "client")[3] == 4, "a SETTINGS frame"


@pytest.mark.parametrize("name", [None, "wrong", "expired"])
@pytest.mark.parametrize("part", ["config", "registry"])
def test_others_are_refused_in_the_handshake(mesh, strangers, name, part):
    port = {"config": mesh.config_port, "registry": mesh.registry_port}[part]
    with pytest.raises((ssl.SSLError, ConnectionError)):
        data = handshake(mesh, port, name and strangers / name)
        if not data:
            raise ConnectionResetError("closed without an answer")
    assert handshake(mesh, port, mesh.certs / "client")[3] == 4


@pytest.mark.interop
@pytest.mark.parametrize("name", ["wrong", "expired"])
def test_grpcio_is_told_that_it_is_unavailable(mesh, stubs, strangers, name):
    with grpc.secure_channel(f"localhost:{mesh.config_port}", protos.credentials(strangers, name)) as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        with pytest.raises(grpc.RpcError) as error:
            client.GetConfig(stubs.config.GetConfigRequest(service="a", environment="b"), timeout=10)
        assert error.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.interop
def test_a_plain_rpc_is_refused_on_a_mutual_tls_port(mesh, stubs):
    with grpc.insecure_channel(f"localhost:{mesh.config_port}") as channel:
        client = stubs.config_grpc.ConfigServiceStub(channel)
        with pytest.raises(grpc.RpcError):
            client.GetConfig(stubs.config.GetConfigRequest(service="a", environment="b"), timeout=10)


def test_keys_are_readable_by_their_owner_only(mesh):
    for key in mesh.certs.glob("*-key.pem"):
        assert key.stat().st_mode & 0o777 == 0o600


def test_no_key_is_ever_logged(mesh):
    text = mesh.up.output()
    assert "PRIVATE KEY" not in text
    for key in mesh.certs.glob("*-key.pem"):
        assert key.read_text().splitlines()[1] not in text
