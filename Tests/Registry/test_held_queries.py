"""Thousands of blocking queries at once: held, woken together, and cut off, without a trace left."""

import asyncio
import os
import socket
import struct
import urllib.request

import pytest

from mesh import eventually

COUNT = 2000


def open_files(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


async def hold(port, target):
    """Asks from many addresses, as many clients would."""
    connections = []
    for number in range(COUNT):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(f"127.0.0.{2 + number % 20}", 0))
        writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        connections.append((reader, writer))
    return connections


async def held_and_woken(port, target, change):
    connections = await hold(port, target)
    first = asyncio.ensure_future(connections[0][0].read(4096))
    await asyncio.sleep(0.3)
    assert not first.done()
    await asyncio.to_thread(change)
    answers = await asyncio.wait_for(
        asyncio.gather(first, *(reader.read(4096) for reader, _ in connections[1:])), 60)
    for _, writer in connections:
        writer.close()
    return [answer.split(b"\r\n", 1)[0] for answer in answers]


async def held_and_cut(port, target):
    for _, writer in await hold(port, target):
        # With a reset, not with an end.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


@pytest.mark.parametrize("path", ["/v1/kv/held", "/v1/health/service/held"])
def test_queries_are_held_woken_and_cut(registry, path):
    def change(step=[0]):
        step[0] += 1
        registry.put("/v1/kv/held", step[0])
        registry.register("held", 1000 + step[0])

    def target():
        with urllib.request.urlopen(f"http://{registry.address}{path}", timeout=30) as answer:
            return f"{path}?index={answer.headers['X-Consul-Index']}&wait=120s"

    change()
    at_rest = open_files(registry.server)
    woken = asyncio.run(held_and_woken(registry.server.http_port, target(), change))
    assert set(woken) == {b"HTTP/1.1 200 OK"} and len(woken) == COUNT
    asyncio.run(held_and_cut(registry.server.http_port, target()))
    eventually(lambda: open_files(registry.server) <= at_rest + 20, 60, "the connections to be given up")
    change()
