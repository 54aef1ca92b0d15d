"""How each implementation's client and server are run."""

import os
import pathlib
import sys
from dataclasses import dataclass, field

import cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools" / "interop"
# gRPC's own test authority, which its C++ programs have compiled in. It stays in Debian's source package.
CREDENTIALS = TOOLS / "grpc/src/python/grpcio_tests/tests/interop/credentials"
AUTHORITY = CREDENTIALS / "ca.pem"
IDENTITY = [f"--tls_cert_file={CREDENTIALS / 'server1.pem'}", f"--tls_key_file={CREDENTIALS / 'server1.key'}"]
# A name that the server's certificate carries.
HOST_OVERRIDE = "foo.test.google.fr"


@dataclass(frozen=True)
class Peer:
    """One implementation: the commands of its two programs, and the cases that each knows."""

    name: str
    client: list
    server: list
    client_cases: list
    server_cases: list
    client_tls: list = field(default_factory=list)
    server_tls: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)

    def client_command(self, case, port, tls):
        flags = ["--server_host=127.0.0.1", f"--server_port={port}", f"--test_case={case}"]
        if tls:
            flags += ["--use_tls=true", "--use_test_ca=true", f"--server_host_override={HOST_OVERRIDE}"]
            flags += self.client_tls
        if case in cases.SOAK:
            flags += cases.SOAK_FLAGS
        return self.client + flags

    def server_command(self, port, tls):
        return self.server + [f"--port={port}"] + (["--use_tls=true"] + self.server_tls if tls else [])

    def variables(self):
        return {**os.environ, **self.environment}


def weft():
    program = os.environ.get("WEFT_BINARY", str(ROOT / ".build/debug/weft"))
    known = cases.GENERAL + cases.COMPRESSION + cases.SOAK
    # No flag but those of gRPC's drivers: it finds the credentials by itself.
    return Peer(
        "weft", [program, "interop-client"], [program, "interop-server"], known, cases.ALL,
        environment={"WEFT_INTEROP_CREDENTIALS": str(CREDENTIALS)})


def python():
    run = [sys.executable, "-m"]
    return Peer(
        "python", run + ["tests.interop.client"], run + ["tests.interop.server"], cases.GENERAL,
        cases.GENERAL + cases.SOAK, environment={"PYTHONPATH": str(TOOLS / "python")})


def cpp():
    return Peer(
        "c++", [str(TOOLS / "cpp/interop_client")], [str(TOOLS / "cpp/interop_server")], cases.ALL, cases.ALL)


def go():
    return Peer(
        "go", [str(TOOLS / "go/interop_client")], [str(TOOLS / "go/interop_server")], cases.GENERAL,
        cases.GENERAL + cases.SOAK, client_tls=[f"--ca_file={AUTHORITY}"], server_tls=IDENTITY)


def http2_test(base_port):
    """The command of gRPC's misbehaving servers, one on each port from `base_port` on."""
    return [sys.executable, str(TOOLS / "python/http2_test/http2_test_server.py"), f"--base_port={base_port}"]
