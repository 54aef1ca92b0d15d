"""Resident memory of servers that hold many connections or streams."""
from . import build, machine
from .peers import Server
from .wire import Connection, TLSConnection

CONNECTIONS, STREAMS, CONNECTIONS_OF_STREAMS = 10_000, 10_000, 10
# Megabytes that Weft's server is to stay under (issue 3). What is not here is only told.
WANTED = {"idle connections": 250, "idle after a call": 250, "open streams": 100}
MUTUAL_TLS = "idle, mutual TLS"


def flags(name):
    """What the server is told."""
    if name == "open streams":
        return "--streams", str(STREAMS // CONNECTIONS_OF_STREAMS)
    if name == MUTUAL_TLS:
        certificate, key = build.certificate()
        # It is its own authority, for both sides.
        return "--tls", certificate, key, "--clients", certificate
    return ()


def knows(name, peer):
    """Whether a peer's server has what a measurement needs."""
    return name != MUTUAL_TLS or peer.name == "weft"


class EndedEarly(Exception):
    """The server keeps less open than it was asked to."""


def measure(name, peer):
    """Megabytes at the start, and when all is open; nothing for a peer that does not keep so much open."""
    with Server(peer, flags(name)) as server:
        start = machine.resident_megabytes(server.pid)
        connections = []
        try:
            OPENERS[name](server.port, connections)
            return {"start": start, "megabytes": machine.settled_megabytes(server.pid)}
        except (OSError, EndedEarly) as error:
            if peer.name == "weft":
                raise SystemExit(f"{name}: {error}") from error
            return None
        finally:
            for connection in connections:
                connection.close()


def verdicts(megabytes):
    """What was wanted of Weft's server, and what came."""
    return [
        {"group": "memory", "case": name, "metric": "MB", "at_most": limit,
         "came": round(megabytes[name]["weft"]["megabytes"], 1),
         "met": megabytes[name]["weft"]["megabytes"] < limit}
        for name, limit in WANTED.items()]


def open_idle(port, connections, connect=Connection):
    """Connections on which both sides have told their settings, and nothing else."""
    for _ in range(CONNECTIONS):
        connections.append(connect(port))
    for connection in connections:
        connection.ping()


def open_mutual_tls(port, connections):
    """The same over TLS 1.3, with a certificate of each client."""
    context = TLSConnection.context(*build.certificate())
    open_idle(port, connections, lambda port: TLSConnection(port, context))


def open_used(port, connections):
    """Connections that have each made a call: what a call leaves behind counts."""
    open_idle(port, connections)
    for connection in connections:
        connection.finish(connection.begin("Echo", ends=True))


def open_streams(port, connections):
    """Streams whose handlers have read a message and wait for the next."""
    for _ in range(CONNECTIONS_OF_STREAMS):
        connection = Connection(port)
        connections.append(connection)
        for _ in range(STREAMS // CONNECTIONS_OF_STREAMS):
            connection.begin("Collect", ends=False)
    for connection in connections:
        connection.ping()
        if connection.ended:
            raise EndedEarly(f"{len(connection.ended)} streams have ended that were to stay open")


OPENERS = {
    "idle connections": open_idle, "idle after a call": open_used, "open streams": open_streams,
    MUTUAL_TLS: open_mutual_tls}
