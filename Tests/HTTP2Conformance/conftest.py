"""A real weft process that speaks HTTP/2 in plain text."""

import subprocess

import pytest

from mesh import BINARY, ENVIRONMENT, Process
from wire import Peer


def serving(folder, *arguments):
    """The address of a registry that runs as long as the generator."""
    process = Process([BINARY, "registry", "--port", 0, "--drain", "1s", *arguments], folder, "registry")
    try:
        yield "127.0.0.1", int(process.wait_for(r"listening .*port=(\d+)").group(1))
        assert process.popen.poll() is None, "the server died:\n" + process.output()
    finally:
        process.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    yield from serving(tmp_path_factory.mktemp("plain"), "--insecure")


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory):
    """The address, and the folder with its certificates."""
    folder = tmp_path_factory.mktemp("tls")
    for name in ("registry", "client"):
        subprocess.run([BINARY, "certs", "issue", name, "--certs", folder], check=True, env=ENVIRONMENT, cwd=folder,
                       stdout=subprocess.DEVNULL)
    for address in serving(folder, "--certs", folder):
        yield address, folder


@pytest.fixture
def connect(server):
    """Makes clients; `connect(begin=False)` one that has not sent its preface."""
    opened = []

    def make(values=None, begin=True):
        opened.append(Peer(server, values, begin))
        return opened[-1]

    yield make
    for peer in opened:
        peer.socket.close()


@pytest.fixture
def peer(connect):
    """A client whose settings were exchanged."""
    made = connect()
    made.settings_exchanged()
    return made
