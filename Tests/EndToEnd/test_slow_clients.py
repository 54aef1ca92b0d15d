"""Clients that never come to the point are cut off, and cost the others nothing."""

import contextlib
import socket
import time

import pytest


def connect(mesh):
    port = int(mesh.gateway.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def is_cut_off(connection):
    """Whether the server has ended it: with an error answer, or without a word."""
    try:
        while connection.recv(65_536):
            pass
        return True
    except ConnectionError:
        return True


def test_headers_without_end_are_cut_off(mesh):
    with connect(mesh) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        with pytest.raises(ConnectionError):
            for number in range(200_000):
                connection.sendall(b"x-%d: %s\r\n" % (number, b"y" * 100))
            if is_cut_off(connection):
                raise ConnectionError


def test_one_byte_a_second_is_cut_off_while_others_are_served(mesh):
    slow = [connect(mesh) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nx-slow: ")
        start = time.monotonic()
        assert mesh.curl("/health").status == 200
        assert time.monotonic() - start < 5
        deadline = time.monotonic() + 60
        open_ones = list(slow)
        while open_ones and time.monotonic() < deadline:
            for connection in list(open_ones):
                try:
                    connection.sendall(b"z")
                    connection.setblocking(False)
                    if connection.recv(1024) == b"":
                        open_ones.remove(connection)
                except BlockingIOError:
                    pass
                except ConnectionError:
                    open_ones.remove(connection)
                finally:
                    connection.setblocking(True)
            time.sleep(0.5)
        assert not open_ones
    finally:
        for connection in slow:
            connection.close()


GARBAGE = {
    "zeros": b"\0" * 4096,
    "half a TLS hello": b"\x16\x03\x01\x00\x05hello",
    "half a request line": b"GET\r\n\r\n",
    "a preface and noise": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 4096,
    "a version from the future": b"GET / HTTP/9.9\r\n\r\n",
    "a negative length": b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "a broken chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_and_the_next_request_served(mesh, name):
    with connect(mesh) as connection:
        connection.settimeout(30)
        with contextlib.suppress(OSError):
            # It may have hung up before we have.
            connection.sendall(GARBAGE[name])
            connection.shutdown(socket.SHUT_WR)
        assert is_cut_off(connection)
    assert mesh.curl("/health").status == 200


def test_many_idle_connections_leave_room_for_the_next(mesh):
    idle = [connect(mesh) for _ in range(500)]
    try:
        assert mesh.curl("/health").status == 200
    finally:
        for connection in idle:
            connection.close()
