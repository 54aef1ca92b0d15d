"""Prometheus 2.24 finds what to scrape in the registry with its Consul discovery."""

import http.server
import json
import threading
import urllib.request

import pytest

from mesh import Process, eventually, free_port
from servers import PEERS

PROMETHEUS = PEERS / "prometheus/usr/bin/prometheus"

CONFIGURATION = """
global: {{ scrape_interval: 1s }}
scrape_configs:
  - job_name: found
    consul_sd_configs:
      - server: {address}
        {selection}
        refresh_interval: 1s
    relabel_configs:
      - {{ source_labels: [__meta_consul_service], target_label: service }}
      - {{ source_labels: [__meta_consul_service_id], target_label: id }}
      - {{ source_labels: [__meta_consul_tags], target_label: tags }}
      - {{ source_labels: [__meta_consul_service_metadata_team], target_label: team }}
      - {{ source_labels: [__meta_consul_node], target_label: node }}
      - {{ source_labels: [__meta_consul_dc], target_label: dc }}
      - {{ source_labels: [__meta_consul_health], target_label: health }}
"""


class Prometheus:
    def __init__(self, folder, registry, selection):
        self.port = free_port()
        (folder / "prometheus.yml").write_text(CONFIGURATION.format(address=registry.address, selection=selection))
        self.process = Process(
            [PROMETHEUS, "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{self.port}",
             f"--storage.tsdb.path={folder / 'series'}"], folder, "prometheus")

    def __enter__(self):
        self.process.wait_for("ready to receive web requests")
        return self

    def __exit__(self, *_):
        self.process.stop()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)["data"]

    def targets(self):
        """The labels of each target by its URL."""
        return {each["scrapeUrl"]: each["labels"] for each in self.get("/api/v1/targets")["activeTargets"]}

    def healthy(self):
        return {each["scrapeUrl"] for each in self.get("/api/v1/targets")["activeTargets"] if each["health"] == "up"}


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"up_and_well 1\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def exporter():
    """The port of something to scrape."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def url(port):
    return f"http://127.0.0.1:{port}/metrics"


def test_instances_are_found_scraped_and_forgotten(registry, exporter, tmp_path):
    registry.register("web", exporter, ID="web-1", Tags=["blue", "v1"], Meta={"team": "search"})
    with Prometheus(tmp_path, registry, "services: [web]") as prometheus:
        eventually(lambda: url(exporter) in prometheus.healthy(), 60, "the instance to be scraped")
        labels = prometheus.targets()[url(exporter)]
        assert {name: labels.get(name) for name in ("service", "id", "tags", "team", "dc", "health")} == {
            "service": "web", "id": "web-1", "tags": ",blue,v1,", "team": "search", "dc": "dc1", "health": "passing"}
        assert labels["node"] == registry.get("/v1/catalog/nodes")[0]["Node"]
        registry.register("web", 1, ID="web-2")
        eventually(lambda: url(1) in prometheus.targets(), 60, "the second instance to be found")
        registry.put("/v1/agent/service/deregister/web-1")
        eventually(lambda: set(prometheus.targets()) == {url(1)}, 60, "the first instance to be forgotten")


def test_all_services_are_found_when_none_is_named(registry, tmp_path):
    for name in ("one", "two"):
        registry.register(name, 1, Address=f"127.0.0.{len(name) + ord(name[0]) % 7}")
    with Prometheus(tmp_path, registry, "services: []") as prometheus:
        eventually(lambda: {"one", "two"} <= {labels["service"] for labels in prometheus.targets().values()}, 60,
                   "both services")
        registry.register("three", 3)
        eventually(lambda: "three" in {labels["service"] for labels in prometheus.targets().values()}, 60,
                   "a service that came later")


def test_instances_are_chosen_by_tags(registry, tmp_path):
    registry.register("web", 1, ID="a", Tags=["blue", "v1"])
    registry.register("web", 2, ID="b", Tags=["blue"])
    with Prometheus(tmp_path, registry, "services: [web]\n        tags: [blue, v1]") as prometheus:
        eventually(lambda: set(prometheus.targets()) == {url(1)}, 60, "the one instance that has both tags")


def test_health_is_told(registry, tmp_path):
    registry.register("web", 1, Check={"TTL": "1h", "Status": "passing"})
    with Prometheus(tmp_path, registry, "services: [web]") as prometheus:
        eventually(lambda: prometheus.targets().get(url(1), {}).get("health") == "passing", 60, "the instance")
        registry.put("/v1/agent/check/fail/service:web")
        eventually(lambda: prometheus.targets()[url(1)]["health"] == "critical", 60, "the health to change")
