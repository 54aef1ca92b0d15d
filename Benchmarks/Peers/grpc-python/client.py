"""The grpcio client: asyncio, one event loop, one connection.

client.py PORT CALLS CONCURRENCY
"""
import asyncio
import json
import sys
import time

import bench_pb2
import bench_pb2_grpc
import grpc

REQUEST = bench_pb2.EchoRequest(
    service="resume", environment="production", version=7, tags=["zh", "en"],
    comment="raise the page limit after the load test of last week, agreed with ops")


async def run(stub, calls, concurrency):
    """Microseconds that each call took."""
    latencies = []

    async def caller():
        for _ in range(calls // concurrency):
            start = time.perf_counter()
            reply = await stub.Echo(REQUEST)
            assert reply.version == 8
            latencies.append((time.perf_counter() - start) * 1e6)

    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return latencies


async def main():
    port, calls, concurrency = (int(argument) for argument in sys.argv[1:])
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = bench_pb2_grpc.EchoServiceStub(channel)
        await run(stub, calls // 10, concurrency)
        before = time.process_time()
        latencies = sorted(await run(stub, calls, concurrency))
        used = time.process_time() - before
    print(json.dumps({
        "calls": len(latencies), "cpu": used, "p50": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100]}))


asyncio.run(main())
