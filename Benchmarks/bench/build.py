"""Builds the servers and clients. What is up to date is left alone."""
import shutil
import subprocess

from .paths import BENCHMARKS, PROTO, PYTHON, ROOT, SCRATCH

PEERS = BENCHMARKS / "Peers"

# The commands of each peer's server and client, once they are built.
COMMANDS = {
    "weft": ([ROOT / ".build/release/weft-bench-server"], [ROOT / ".build/release/weft-bench-client"]),
    "grpc-cpp": ([SCRATCH / "grpc-cpp/grpc-cpp-server"], [SCRATCH / "grpc-cpp/grpc-cpp-client"]),
    "grpc-swift": tuple(
        [SCRATCH / "grpc-swift/.build/release/grpc-swift-peer", role] for role in ("server", "client")),
    "grpc-python": tuple([PYTHON, SCRATCH / f"grpc-python/{role}.py"] for role in ("server", "client")),
}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def output(*command, **options):
    return run(*command, capture_output=True, text=True, **options).stdout.strip()


def is_newer(made, *sources):
    return made.exists() and all(made.stat().st_mtime > source.stat().st_mtime for source in sources)


def weft():
    for product in ("weft-bench-server", "weft-bench-client"):
        run("swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product, cwd=ROOT)


def registry():
    run(ROOT / "scripts/peers", "consul", "etcd", "wrk")
    for product in ("weft", "weft-bench-registry"):
        run("make", "release", f"PRODUCT={product}", cwd=ROOT)


def grpc_cpp():
    scratch = SCRATCH / "grpc-cpp"
    scratch.mkdir(parents=True, exist_ok=True)
    for name in ("server", "client"):
        source, binary = PEERS / "grpc-cpp" / f"{name}.cc", scratch / f"grpc-cpp-{name}"
        if is_newer(binary, source, PROTO):
            continue
        plugin = output("which", "grpc_cpp_plugin")
        run("protoc", "-I", PROTO.parent, f"--cpp_out={scratch}", f"--grpc_out={scratch}",
            f"--plugin=protoc-gen-grpc={plugin}", PROTO)
        flags = output("pkg-config", "--cflags", "--libs", "grpc++", "protobuf").split()
        run("g++", "-O2", "-DNDEBUG", "-std=c++17", "-I", scratch, source, scratch / "bench.pb.cc",
            scratch / "bench.grpc.pb.cc", "-o", binary, *flags)


def grpc_swift():
    """A copy of the package is built, so that what its code generators write stays out of the sources."""
    package, copy = PEERS / "grpc-swift", SCRATCH / "grpc-swift"
    sources = [package / "Package.swift", *sorted((package / "Sources").rglob("*.swift"))]
    build = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--package-path", copy]
    binary = copy / ".build" / "release" / "grpc-swift-peer"
    if not is_newer(binary, PROTO, *sources):
        print("building grpc-swift-2; the first time takes minutes", flush=True)
        shutil.copytree(package, copy, dirs_exist_ok=True)
        for plugin in ("protoc-gen-swift", "protoc-gen-grpc-swift-2"):
            run(*build, "--product", plugin)
        generated = copy / "Sources" / "Peer" / "Generated"
        generated.mkdir(exist_ok=True)
        run("protoc", "-I", PROTO.parent, f"--plugin={binary.parent / 'protoc-gen-swift'}",
            f"--plugin={binary.parent / 'protoc-gen-grpc-swift-2'}", f"--swift_out={generated}",
            f"--grpc-swift-2_out={generated}", PROTO)
        run(*build, "--product", "grpc-swift-peer")
        # The build leaves a binary alone whose inputs are the same as before.
        binary.touch()


def grpc_python():
    package, scratch = PEERS / "grpc-python", SCRATCH / "grpc-python"
    scratch.mkdir(parents=True, exist_ok=True)
    if not is_newer(scratch / "bench_pb2_grpc.py", PROTO):
        run(PYTHON, "-m", "grpc_tools.protoc", "-I", PROTO.parent, f"--python_out={scratch}",
            f"--grpc_python_out={scratch}", PROTO)
    for name in ("server.py", "client.py"):
        shutil.copy(package / name, scratch / name)


BUILDERS = {"weft": weft, "grpc-cpp": grpc_cpp, "grpc-swift": grpc_swift, "grpc-python": grpc_python}


def allocation_counter():
    source, library = BENCHMARKS / "bench" / "count_allocations.c", SCRATCH / "count_allocations.so"
    if not is_newer(library, source):
        SCRATCH.mkdir(parents=True, exist_ok=True)
        run("gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", source, "-o", library)
    return library


def certificate():
    """A certificate of its own and its key, for servers with TLS."""
    key, pem = SCRATCH / "tls.key", SCRATCH / "tls.pem"
    if not pem.exists():
        SCRATCH.mkdir(parents=True, exist_ok=True)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", pem, capture_output=True)
    return pem, key
