"""grpcio clients: stubs made by protoc, and none at all (reflection)."""

import importlib
import subprocess
import sys

import grpc

from mesh import ROOT


def compile_into(folder):
    protos = ["weft/config/v1/config.proto", "weft/registry/v1/registry.proto"]
    include = [f"-I{ROOT / 'proto'}", "-I" + grpc_tools_include()]
    outputs = [f"--python_out={folder}", f"--grpc_python_out={folder}"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *include, *outputs, *protos], check=True)
    sys.path.insert(0, str(folder))
    return Stubs()


def grpc_tools_include():
    import grpc_tools
    return grpc_tools.__path__[0] + "/_proto"


class Stubs:
    """The modules that protoc made."""

    def __init__(self):
        self.config = importlib.import_module("weft.config.v1.config_pb2")
        self.config_grpc = importlib.import_module("weft.config.v1.config_pb2_grpc")
        self.registry = importlib.import_module("weft.registry.v1.registry_pb2")
        self.registry_grpc = importlib.import_module("weft.registry.v1.registry_pb2_grpc")


def credentials(folder, name="client"):
    """Mutual TLS with the certificate of that name."""
    return grpc.ssl_channel_credentials(
        root_certificates=(folder / "ca.pem").read_bytes(),
        private_key=(folder / f"{name}-key.pem").read_bytes(),
        certificate_chain=(folder / f"{name}.pem").read_bytes())


def channel(mesh, port, name="client"):
    return grpc.secure_channel(f"localhost:{port}", credentials(mesh.certs, name))
