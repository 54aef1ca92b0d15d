"""HTTP/2 by hand: frames that may break every rule, and what a server answers to them."""

import socket
import struct
from collections import namedtuple

from hpack import Decoder, Encoder
from hyperframe import frame as frames

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
HAS_PRIORITY = 0x20

# RFC 9113, 7.
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, \
    FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM = range(12)

# RFC 9113, 6.5.2.
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, \
    MAX_HEADER_LIST_SIZE = range(1, 7)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# A request that every port answers at once.
GET = [(":method", "GET"), (":scheme", "http"), (":path", "/health"), (":authority", "localhost")]
# A call whose message the server waits for, and one that it never ends.
RPC = [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), ("te", "trailers"),
       ("content-type", "application/grpc")]
OPEN_CALL = [RPC[0], (":path", "/grpc.health.v1.Health/Check"), *RPC[1:]]
ENDLESS_CALL = [RPC[0], (":path", "/grpc.health.v1.Health/Watch"), *RPC[1:]]
EMPTY_MESSAGE = b"\0\0\0\0\0"

Frame = namedtuple("Frame", "type flags stream payload")


def raw(type, flags=0, stream=0, payload=b"", length=None):
    """A frame as it is told, legal or not; `length` may differ from the payload's."""
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + struct.pack(">BBI", type, flags, stream) + payload


def data(stream, payload=b"", end=False):
    return frames.DataFrame(stream, payload, flags=["END_STREAM"] if end else []).serialize()


def number(value, size=4):
    return value.to_bytes(size, "big")


def setting(identifier, value):
    """A SETTINGS frame with one setting, whatever its value."""
    return raw(SETTINGS, 0, 0, number(identifier, 2) + number(value))


def settings(values=None):
    return frames.SettingsFrame(0, settings=values or {}).serialize()


def ping(payload=b"weft ask"):
    return frames.PingFrame(0, payload).serialize()


def reset(stream, code=CANCEL):
    return frames.RstStreamFrame(stream, code).serialize()


def window_update(stream, increment):
    # By hand: hyperframe refuses increments that a test wants to send.
    return raw(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def literal(name, value):
    """A field as a literal that enters no table, in characters that a library would refuse (RFC 7541, 6.2.2)."""
    name, value = (text if isinstance(text, bytes) else text.encode() for text in (name, value))
    return b"\0" + length(len(name)) + name + length(len(value)) + value


def incremental(name, value):
    """A field as a literal that enters the table (RFC 7541, 6.2.1)."""
    return b"\x40" + length(len(name)) + name + length(len(value)) + value


def length(value, prefix=7):
    """An integer with a prefix of so many bits (RFC 7541, 5.1)."""
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([value])
    out, value = [limit], value - limit
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


class Closed(Exception):
    """The server closed the connection."""


class Peer:
    """A client that does what it is told to."""

    def __init__(self, address, values=None, begin=True, tls=None):
        self.socket = socket.create_connection(address, timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.encoder, self.decoder = Encoder(), Decoder()
        self._unread = b""
        if begin:
            self.send(PREFACE, settings(values))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *parts):
        """Everything in one write."""
        self.socket.sendall(b"".join(parts))

    def block(self, fields=GET, *more):
        return self.encoder.encode([*fields, *more])

    def headers(self, stream, fields=GET, *more, end=True):
        flags = ["END_HEADERS"] + (["END_STREAM"] if end else [])
        return frames.HeadersFrame(stream, self.block(fields, *more), flags=flags).serialize()

    def request(self, stream, fields=GET, *more, end=True):
        self.send(self.headers(stream, fields, *more, end=end))

    # What comes back.

    def _exactly(self, count):
        while len(self._unread) < count:
            try:
                more = self.socket.recv(65_536)
            except ConnectionError as error:
                raise Closed(str(error)) from None
            if not more:
                raise Closed("end of stream")
            self._unread += more
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def next(self):
        """The next frame, however illegal."""
        head = self._exactly(9)
        size = int.from_bytes(head[:3], "big")
        return Frame(head[3], head[4], int.from_bytes(head[5:9], "big"), self._exactly(size))

    def until(self, wanted):
        """Frames up to and with the first for which `wanted` is true."""
        seen = []
        while True:
            seen.append(self.next())
            if wanted(seen[-1]):
                return seen

    def rest(self):
        """Every frame until the server closes."""
        seen = []
        while True:
            try:
                seen.append(self.next())
            except Closed:
                return seen

    def settings_exchanged(self):
        """Waits for the server's settings and for its acknowledgement of ours, and acknowledges."""
        seen = self.until(lambda frame: frame.type == SETTINGS and frame.flags & ACK)
        self.send(raw(SETTINGS, ACK))
        return seen

    def answer(self, stream):
        """The fields, body and trailers of the response on the stream."""
        heads, body = [], b""
        while True:
            frame = self.next()
            assert frame.type != GOAWAY, f"GOAWAY {describe(frame)} instead of an answer"
            if frame.type == HEADERS:
                assert frame.flags & END_HEADERS
                # Every block has to pass the decoder, which both sides' tables depend on.
                fields = dict(self.decoder.decode(frame.payload))
            if frame.stream != stream:
                continue
            assert frame.type != RST_STREAM, f"RST_STREAM {describe(frame)} instead of an answer"
            if frame.type == HEADERS:
                heads.append(fields)
            elif frame.type == DATA:
                body += frame.payload
            if frame.type in (DATA, HEADERS) and frame.flags & END_STREAM:
                return heads[0], body, heads[1] if len(heads) > 1 else {}

    # What a broken rule must lead to.

    def expect_connection_error(self, *codes):
        """GOAWAY with one of the codes, and the end of the connection (RFC 9113, 5.4.1)."""
        goaways = [frame for frame in self.rest() if frame.type == GOAWAY]
        assert goaways, "the connection was closed without GOAWAY"
        assert code(goaways[-1]) in codes, describe(goaways[-1])

    def expect_stream_error(self, stream, *codes):
        """RST_STREAM with one of the codes (RFC 9113, 5.4.2), and a connection that lives on."""
        frame = self.until(lambda frame: frame.type == GOAWAY or is_reset(frame, stream))[-1]
        assert frame.type == RST_STREAM, f"GOAWAY {describe(frame)} instead of RST_STREAM"
        assert code(frame) in codes, describe(frame)
        self.expect_life()

    def expect_malformed(self, stream):
        """A malformed request (RFC 9113, 8.1.1): a stream error, or an answer that says so before it."""
        self.expect_stream_error(stream, PROTOCOL_ERROR)

    def expect_life(self):
        """The connection still answers."""
        self.send(ping(b"alive???"))
        frame = self.until(lambda frame: frame.type == GOAWAY or is_pong(frame, b"alive???"))[-1]
        assert frame.type == PING, f"GOAWAY {describe(frame)} instead of life"


def is_reset(frame, stream):
    return frame.type == RST_STREAM and frame.stream == stream


def is_pong(frame, payload):
    return frame.type == PING and frame.flags & ACK and frame.payload == payload


def code(frame):
    at = 4 if frame.type == GOAWAY else 0
    return int.from_bytes(frame.payload[at:at + 4], "big")


def describe(frame):
    return f"{code(frame)} {frame.payload[8:] if frame.type == GOAWAY else b''!r}"
