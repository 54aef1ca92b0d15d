"""A process that attacks, burns as much of its core for nothing, or rests, as it is told."""

import contextlib
import socket
import ssl
import time

import machine
from wire import PREFACE, settings

REST, ATTACK, BURN, END = range(4)


class Attacker:
    """What attacks are written with. `tls` is a context of `ssl`, or None for plain text."""

    def __init__(self, address, mode, held, tls=None):
        self.address, self.mode, self.held, self.tls = address, mode, held, tls
        self.reads = True
        self.connections = 0

    @property
    def active(self):
        return self.mode.value == ATTACK

    def flood(self, start, again):
        """One connection after another: `start()` on each new one, then `again(round)` until the server ends it."""
        self.send_for_ever(lambda: PREFACE + settings() + start(), again)

    def send_for_ever(self, start, again):
        while self.active:
            with contextlib.suppress(OSError), self.connect() as connection:
                connection.sendall(start())
                self.held.value = 1
                turn, rest = 0, b""
                while self.active:
                    rest = rest or again(turn)
                    # Never more than the kernel takes: what matters is what the server does with it.
                    try:
                        rest = rest[connection.send(rest):]
                        turn += 1
                    except (ssl.SSLWantWriteError, ssl.SSLWantReadError, TimeoutError):
                        pass
                    if self.reads:
                        self.drop(connection)

    def hold(self, count, opening, every=None, seconds=0.2):
        """Keeps `count` connections open, begun with `opening(n)` and, where it is given, fed with `every(turn)`."""
        # Each with what the kernel has not taken yet: a frame or a request that is cut short would end the connection.
        held, turn = {}, 0
        try:
            while self.active:
                while len(held) < count and self.active:
                    try:
                        connection = self.connect()
                        connection.sendall(opening(self.connections))
                        connection.settimeout(0)
                    except OSError:
                        break
                    held[connection] = b""
                    self.held.value = len(held)
                turn += 1
                for connection, rest in list(held.items()):
                    try:
                        if rest := rest or (every(turn) if every else b""):
                            held[connection] = rest
                            held[connection] = rest[connection.send(rest):]
                        if self.reads:
                            self.drop(connection)
                    except (BlockingIOError, TimeoutError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                        pass
                    except OSError:
                        del held[connection]
                        connection.close()
                    if not self.active:
                        break
                time.sleep(seconds)
        finally:
            for connection in held:
                connection.close()

    def hold_connections(self, count, make):
        """Keeps `count` connections, each of which does by itself what `make(connection).turn()` does."""
        held = []
        while self.active:
            if len(held) < count:
                with contextlib.suppress(OSError):
                    connection = self.connect()
                    connection.setblocking(False)
                    held.append(make(connection))
                    self.held.value = len(held)
            for one in list(held):
                try:
                    one.turn()
                except OSError:
                    held.remove(one)
                    one.connection.close()
        for one in held:
            one.connection.close()

    def connect(self):
        self.connections += 1
        connection = socket.socket()
        if not self.reads:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(self.address)
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_hostname="localhost")
        # Long enough for the opening, short enough to notice that it is over.
        connection.settimeout(0.2)
        return connection

    def drop(self, connection):
        """Takes whatever came, without waiting for it."""
        wait = connection.gettimeout()
        connection.settimeout(0)
        try:
            while connection.recv(1 << 16):
                pass
            raise ConnectionError("closed")
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            connection.settimeout(wait)


def burn(mode, share):
    """The same share of the core, without the server."""
    while mode.value == BURN:
        until = time.monotonic() + share * 0.01
        while time.monotonic() < until:
            pass
        time.sleep((1 - share) * 0.01)


def run(attack, address, mode, held, certs):
    """The body of the process, at normal priority on a core that the server does not have.

    - certs: a folder with the certificates of the mesh, for attacks over TLS by one of its members.
    """
    machine.pin(machine.ATTACKER)
    tls = None
    if certs:
        tls = ssl.create_default_context(cafile=f"{certs}/ca.pem")
        if attack.__name__ != "tls_handshakes":
            tls.load_cert_chain(f"{certs}/client.pem", f"{certs}/client-key.pem")
        tls.set_alpn_protocols(["http/1.1" if attack.__name__.startswith("http1") else "h2"])
    share = 0
    while mode.value != END:
        if mode.value == ATTACK:
            spent, began = time.process_time(), time.monotonic()
            attack(Attacker(address, mode, held, tls))
            held.value = 0
            share = min((time.process_time() - spent) / (time.monotonic() - began), 1)
        elif mode.value == BURN:
            burn(mode, share)
        time.sleep(0.01)
