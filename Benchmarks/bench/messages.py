"""Requests as bytes, and how long their replies must be."""
import struct

from .paths import SCRATCH

SERVICE = "/weft.bench.v1.EchoService/"
STREAMED = 1000
COPIED = 1 << 20


def varint(number):
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number, data):
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def framed(message):
    return b"\x00" + struct.pack(">I", len(message)) + message


ECHO = (field(1, b"resume") + field(2, b"production") + b"\x18\x07" + field(4, b"zh") + field(4, b"en")
        + field(5, b"raise the page limit after the load test of last week, agreed with ops"))
ECHO_REPLY = len(framed(ECHO + field(6, b"bench")))
STREAM = b"\x08" + varint(STREAMED) + field(2, ECHO)
COPY = field(1, bytes(COPIED))

# Bytes of DATA that answer one request.
REPLIES = {"Echo": ECHO_REPLY, "Stream": ECHO_REPLY * STREAMED, "Copy": len(framed(COPY))}


def request_file(method):
    """A file with the request's bytes, as h2load wants it."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / f"{method}.request"
    path.write_bytes(framed({"Echo": ECHO, "Stream": STREAM, "Copy": COPY}[method]))
    return path
