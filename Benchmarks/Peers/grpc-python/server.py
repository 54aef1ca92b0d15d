"""The grpcio server: asyncio, one event loop, one process.

server.py [PORT] [--tls CERTIFICATE KEY] [--streams N]
"""
import argparse
import asyncio
import pathlib

import bench_pb2
import bench_pb2_grpc
import grpc


def reply_to(request):
    return bench_pb2.EchoReply(
        service=request.service, environment=request.environment, version=request.version + 1, tags=request.tags,
        comment=request.comment, author="bench")


class Service(bench_pb2_grpc.EchoServiceServicer):
    async def Echo(self, request, context):
        return reply_to(request)

    async def Stream(self, request, context):
        for _ in range(request.count):
            yield reply_to(request.echo)

    async def Copy(self, request, context):
        return request

    async def Collect(self, requests, context):
        last = bench_pb2.EchoRequest()
        async for request in requests:
            last = request
        return reply_to(last)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", nargs="?", default="0")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--streams", type=int)
    options = parser.parse_args()
    limits = [("grpc.max_concurrent_streams", options.streams)] if options.streams else []
    server = grpc.aio.server(options=limits)
    bench_pb2_grpc.add_EchoServiceServicer_to_server(Service(), server)
    address = f"127.0.0.1:{options.port}"
    if options.tls:
        certificate, key = (pathlib.Path(path).read_bytes() for path in options.tls)
        port = server.add_secure_port(address, grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port(address)
    await server.start()
    print(f"listening on {port}", flush=True)
    await server.wait_for_termination()


asyncio.run(main())
