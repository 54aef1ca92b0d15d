"""RFC 9113 as it binds clients: what ours says to a server that breaks a rule, and that its next call is served."""

import socket
import subprocess
import threading

import pytest
from hpack import Encoder
from mesh import BINARY, ENVIRONMENT
from wire import (ACK, COMPRESSION_ERROR, CONTINUATION, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM,
                  FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, HEADERS, PING, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM,
                  SETTINGS, WINDOW_UPDATE, Frame, code, data, ping, raw, settings, window_update)

OK = [(":status", "200"), ("content-type", "application/grpc")]


def block(fields):
    return Encoder().encode(fields)


def head(stream, fields=OK, end=False):
    return raw(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(fields))


def answer(stream):
    """An empty message and the status 0."""
    return head(stream) + data(stream, EMPTY_MESSAGE) + head(stream, [("grpc-status", "0")], end=True)


class Server:
    """Answers the first connection's call with what it is told to, and every other as it should."""

    def __init__(self, illegal):
        self.illegal, self.heard = illegal, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        first = True
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, first), daemon=True).start()
            first = False

    def serve(self, connection, misbehaves):
        with connection, connection.makefile("rb") as source:
            try:
                source.read(24)
                connection.sendall(settings())
                while len(start := source.read(9)) == 9:
                    frame = Frame(start[3], start[4], int.from_bytes(start[5:9], "big"),
                                  source.read(int.from_bytes(start[:3], "big")))
                    if misbehaves:
                        self.heard.append(frame)
                    if frame.type == SETTINGS and not frame.flags & ACK:
                        connection.sendall(raw(SETTINGS, ACK))
                    elif frame.type in (HEADERS, DATA) and frame.flags & END_STREAM:
                        connection.sendall(self.illegal(frame.stream) if misbehaves else answer(frame.stream))
            except OSError:
                pass


CONNECTION_ERRORS = {
    "4.2 frame over the largest size": (lambda s: raw(DATA, 0, s, bytes(16_385)), FRAME_SIZE_ERROR),
    "4.3 block that does not decompress": (
        lambda s: raw(HEADERS, END_HEADERS, s, b"\xff\xff\xff\xff\xff\xff\xff"), COMPRESSION_ERROR),
    "4.3 frame between the parts of a block": (
        lambda s: raw(HEADERS, 0, s, block(OK)) + ping() + raw(CONTINUATION, END_HEADERS, s), PROTOCOL_ERROR),
    "5.1 DATA on an idle stream": (lambda s: data(s + 100, b"x"), PROTOCOL_ERROR),
    "5.1 RST_STREAM on an idle stream": (lambda s: raw(RST_STREAM, 0, s + 100, bytes(4)), PROTOCOL_ERROR),
    "5.1.1 stream that the server opens": (lambda s: head(2), PROTOCOL_ERROR),
    "6.1 DATA on stream 0": (lambda s: raw(DATA, 0, 0, b"x"), PROTOCOL_ERROR),
    "6.2 HEADERS on stream 0": (lambda s: raw(HEADERS, END_HEADERS, 0, block(OK)), PROTOCOL_ERROR),
    "6.4 RST_STREAM of a wrong size": (lambda s: raw(RST_STREAM, 0, s, bytes(3)), FRAME_SIZE_ERROR),
    "6.5 SETTINGS of a wrong size": (lambda s: raw(SETTINGS, 0, 0, bytes(5)), FRAME_SIZE_ERROR),
    "6.5 SETTINGS on a stream": (lambda s: raw(SETTINGS, 0, s), PROTOCOL_ERROR),
    "6.5 acknowledgement with a payload": (lambda s: raw(SETTINGS, ACK, 0, bytes(6)), FRAME_SIZE_ERROR),
    "6.5.2 push switched on by the server": (
        lambda s: raw(SETTINGS, 0, 0, b"\0\2\0\0\0\1"), PROTOCOL_ERROR),
    "6.5.2 window over 2^31-1": (lambda s: raw(SETTINGS, 0, 0, b"\0\4\x80\0\0\0"), FLOW_CONTROL_ERROR),
    "6.5.2 frame size under 16 384": (lambda s: raw(SETTINGS, 0, 0, b"\0\5\0\0\0\1"), PROTOCOL_ERROR),
    "6.6 push that was switched off": (
        lambda s: raw(PUSH_PROMISE, END_HEADERS, s, b"\0\0\0\2" + b"\x82\x84\x86"), PROTOCOL_ERROR),
    "6.7 PING of a wrong size": (lambda s: raw(PING, 0, 0, bytes(7)), FRAME_SIZE_ERROR),
    "6.7 PING on a stream": (lambda s: raw(PING, 0, s, bytes(8)), PROTOCOL_ERROR),
    "6.8 GOAWAY on a stream": (lambda s: raw(GOAWAY, 0, s, bytes(8)), PROTOCOL_ERROR),
    "6.9 WINDOW_UPDATE of a wrong size": (lambda s: raw(WINDOW_UPDATE, 0, 0, bytes(3)), FRAME_SIZE_ERROR),
    "6.9 window that overflows": (lambda s: window_update(0, 0x7fff_ffff), FLOW_CONTROL_ERROR),
    "6.10 CONTINUATION without a block": (lambda s: raw(CONTINUATION, END_HEADERS, s, b"\x88"), PROTOCOL_ERROR),
}

# The end of the stream, or of the connection where libnghttp2 prefers it.
STREAM_ERRORS = {
    "8.1 DATA before the head": lambda s: data(s, EMPTY_MESSAGE),
    "8.2 name in capitals": lambda s: raw(HEADERS, END_HEADERS, s, block(OK) + b"\0\5UPPER\1a"),
    "8.2.2 connection field": lambda s: head(s, [*OK, ("connection", "close")]),
    "8.3 pseudo-header field of a request": lambda s: head(s, [*OK[:1], (":path", "/"), *OK[1:]]),
    "8.3 pseudo-header field after others": lambda s: head(s, [OK[1], OK[0]]),
    "8.3.2 no status": lambda s: head(s, OK[1:]),
    "8.1 pseudo-header field in trailers": lambda s: head(s) + head(s, [(":status", "200")], end=True),
    "8.1.1 length that does not hold": lambda s: head(s, [*OK, ("content-length", "9")]) + data(s, b"x", end=True),
}


def soak(illegal):
    """Two calls, one after the other, of which one may fail; what the client said on the first connection."""
    server = Server(illegal)
    done = subprocess.run(
        [BINARY, "interop-client", "--server_host=127.0.0.1", f"--server_port={server.port}", "--test_case=rpc_soak",
         "--soak_iterations=2", "--soak_max_failures=1", "--soak_request_size=0", "--soak_response_size=0",
         "--soak_per_iteration_max_acceptable_latency_ms=20000"],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    server.listener.close()
    assert done.returncode == 0, f"the next call failed too:\n{done.stderr}"
    return server.heard, done.stderr


@pytest.mark.parametrize("rule", CONNECTION_ERRORS)
def test_connection_error_is_told_and_the_next_connection_works(rule):
    illegal, expected = CONNECTION_ERRORS[rule]
    heard, log = soak(illegal)
    goaways = [frame for frame in heard if frame.type == GOAWAY]
    assert goaways, f"no GOAWAY:\n{log}"
    assert code(goaways[-1]) == expected, log


@pytest.mark.parametrize("rule", STREAM_ERRORS)
def test_malformed_response_ends_its_stream_and_the_next_call_works(rule):
    illegal = STREAM_ERRORS[rule]
    answered = []

    def once(stream):
        answered.append(stream)
        return illegal(stream) if len(answered) == 1 else answer(stream)

    heard, log = soak(once)
    ends = [frame for frame in heard if frame.type in (RST_STREAM, GOAWAY) and code(frame) == PROTOCOL_ERROR]
    assert ends, f"neither RST_STREAM nor GOAWAY:\n{log}"
    assert "failed" in log
