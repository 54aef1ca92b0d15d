"""A real weft process that speaks HTTP/2 in plain text."""

import pytest

from mesh import BINARY, Process
from wire import Peer


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    process = Process(
        [BINARY, "registry", "--insecure", "--port", 0, "--drain", "1s"], folder,
        "registry")
    try:
        yield "127.0.0.1", int(process.wait_for(r"listening .*port=(\d+)").group(1))
        assert process.popen.poll() is None, "the server died:\n" + process.output()
    finally:
        process.stop()


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
