"""A thousand blocking queries at once, without a thread or a parse for each: the watcher must not be what is slow."""
import http.client
import json
import select
import socket
import time

SERVICE = "http-service-0"


class Watcher:
    """One connection that always has a blocking query under way."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.index = 0

    def ask(self):
        query = f"GET /v1/health/service/{SERVICE}?index={self.index}&wait=60s HTTP/1.1\r\nHost: bench\r\n\r\n"
        self.socket.sendall(query.encode())

    def answered(self):
        """Takes what has come; whether that makes an answer whole. Such an answer moves the index on."""
        self.received += self.socket.recv(262_144)
        head, gap, body = self.received.partition(b"\r\n\r\n")
        if not gap:
            return False
        fields = {
            name.lower(): value for name, _, value in (line.partition(b": ") for line in head.split(b"\r\n")[1:])}
        if b"content-length" in fields:
            whole = len(body) >= int(fields[b"content-length"])
        else:
            whole = body.endswith(b"0\r\n\r\n")
        if whole:
            self.index = int(fields[b"x-consul-index"])
            self.received = b""
        return whole


def measure(port, changes, watchers):
    """Microseconds from the request for a change to the end of each watcher's answer, sorted."""
    changer = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    changer.connect()
    # The watchers' side is read in one go: a request that waits for its answer would wait among them.
    poll = select.epoll()
    all_watchers = {}
    for _ in range(watchers):
        watcher = Watcher(port)
        all_watchers[watcher.socket.fileno()] = watcher
        poll.register(watcher.socket, select.EPOLLIN)
        watcher.ask()
    wait_for_all(poll, all_watchers)
    delays = []
    try:
        for number in range(changes):
            for watcher in all_watchers.values():
                watcher.ask()
            # All queries are held by then: there is no way to see it from outside.
            time.sleep(0.5)
            start = time.monotonic()
            changer.request("PUT", "/v1/catalog/register", json.dumps({
                "Node": "bench-0", "Address": "10.0.0.1", "Service": {
                    "ID": "instance-0", "Service": SERVICE, "Port": 8080, "Meta": {"build": f"{time.time_ns()}"}}}))
            delays += wait_for_all(poll, all_watchers, start)
            answer = changer.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the change was answered with {answer.status}")
    finally:
        for watcher in all_watchers.values():
            watcher.socket.close()
        poll.close()
        changer.close()
    return sorted(delays)


def wait_for_all(poll, watchers, start=0.0):
    """Reads until each watcher has an answer. Gives microseconds since the start, one for each."""
    delays = []
    while len(delays) < len(watchers):
        events = poll.poll(30)
        if not events:
            raise SystemExit(f"only {len(delays)} of {len(watchers)} watchers were told of a change within 30 s")
        for file, _ in events:
            if watchers[file].answered():
                delays.append((time.monotonic() - start) * 1e6)
    return delays
