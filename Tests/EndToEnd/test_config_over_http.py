"""The config service through the gateway, with the calls of the documentation as they are printed."""

import json
import re
import subprocess

import pytest

FIRST = '{"config":{"max_pages":20,"langs":["zh","en"]},"comment":"first"}'


@pytest.fixture
def path(request):
    """A configuration of the test's own: tests need no order."""
    return f"/v1/config/{re.sub('[^a-z0-9]+', '-', request.node.name.lower())[-60:].strip('-')}/prod"


def put(mesh, path, config, **more):
    return mesh.curl(path, method="PUT", data=json.dumps({"config": config, **more}))


@pytest.mark.interop
def test_a_put_stores_version_1_and_answers_with_it(mesh, path):
    answer = mesh.curl(path, method="PUT", data=FIRST)
    assert answer.status == 200, answer.text
    stored = answer.json()
    assert stored["version"] == 1
    assert stored["config"] == {"max_pages": 20, "langs": ["zh", "en"]}
    assert stored["comment"] == "first"
    assert stored["author"]
    assert stored["createTime"].endswith("Z")


def test_a_get_answers_the_newest_and_an_old_one_on_request(mesh, path):
    put(mesh, path, {"n": 1})
    put(mesh, path, {"n": 2})
    assert mesh.curl(path).json()["config"] == {"n": 2}
    assert mesh.curl(path + "?version=1").json()["config"] == {"n": 1}
    missing = mesh.curl(path + "?version=9")
    assert missing.status == 404
    assert missing.json()["message"].startswith("there is no version 9")


def test_versions_are_listed_with_author_time_and_comment(mesh, path):
    put(mesh, path, {"n": 1}, comment="first")
    put(mesh, path, {"n": 2}, comment="second")
    versions = mesh.curl(path + "/versions").json()["versions"]
    assert [(entry["version"], entry["comment"]) for entry in versions] == [(2, "second"), (1, "first")]
    assert all(entry["author"] and entry["createTime"] for entry in versions)
    page = mesh.curl(path + "/versions?page_size=1").json()
    assert [entry["version"] for entry in page["versions"]] == [2]
    rest = mesh.curl(path + "/versions?pageSize=1&pageToken=" + page["nextPageToken"]).json()
    assert [entry["version"] for entry in rest["versions"]] == [1]
    assert not rest.get("nextPageToken")


def test_a_rollback_makes_a_new_version_from_an_old_one(mesh, path):
    put(mesh, path, {"n": 1})
    put(mesh, path, {"n": 2})
    made = mesh.curl(path + ":rollback", method="POST", data='{"version":1}').json()
    assert made["version"] == 3
    assert made["config"] == {"n": 1}
    assert mesh.curl(path + "/versions").json()["versions"][0]["rolledBackFrom"] == 1


def test_an_expected_version_that_is_not_current_changes_nothing(mesh, path):
    put(mesh, path, {"n": 1})
    refused = put(mesh, path, {"n": 2}, expectedVersion=7)
    assert refused.status == 409
    assert refused.json()["code"] in (10, "ABORTED")
    assert mesh.curl(path).json()["version"] == 1
    assert put(mesh, path, {"n": 2}, expected_version=1).json()["version"] == 2


@pytest.mark.interop
@pytest.mark.parametrize("accept, prefix", [("text/event-stream", "data:"), ("application/x-ndjson", "")])
def test_a_watch_streams_each_version_as_it_is_stored(mesh, path, accept, prefix):
    put(mesh, path, {"n": 1})
    url = f"{mesh.gateway}{path}:watch"
    watch = subprocess.Popen(
        ["curl", "-sSN", "--max-time", "60", "-H", f"Accept: {accept}", url], stdout=subprocess.PIPE, text=True)
    try:
        def next_message():
            while True:
                line = watch.stdout.readline()
                assert line, "the watch ended"
                if line.strip() and line.startswith(prefix or "{"):
                    message = json.loads(line[len(prefix):])
                    return message.get("result", message)

        assert next_message()["config"] == {"n": 1}
        for number in range(2, 6):
            put(mesh, path, {"n": number})
            assert next_message()["config"] == {"n": number}
    finally:
        watch.kill()
        watch.communicate()


def test_the_unified_envelope_reaches_the_same_method(mesh, path):
    put(mesh, path, {"n": 1})
    service = path.split("/")[3]
    answer = mesh.curl("/api/v1/ai", method="POST", data=json.dumps({
        "service_type": "config", "action": "get_config",
        "data": {"service": service, "environment": "prod"}}))
    assert answer.status == 200, answer.text
    envelope = answer.json()
    assert envelope["status"] == "success"
    assert envelope["data"]["config"] == {"n": 1}
    assert envelope["timestamp"]


def test_an_envelope_for_an_unknown_service_says_so(mesh):
    answer = mesh.curl("/api/v1/ai", method="POST", data='{"service_type":"nothing","action":"x","data":{}}')
    assert answer.json()["status"] == "error"
    assert "nothing" in json.dumps(answer.json()["error"])


@pytest.mark.interop
def test_http_2_without_tls_works_as_well(mesh, path):
    put(mesh, path, {"n": 1})
    answer = mesh.curl(path, "--http2-prior-knowledge")
    assert answer.status == 200
    assert answer.json()["version"] == 1


def test_chinese_text_comes_back_as_it_went_in(mesh, path):
    config = {"标题": "招聘平台", "emoji": "🧵", "nested": {"a": [1, 2.5, None, True, "é"]}}
    assert put(mesh, path, config).status == 200
    assert mesh.curl(path).json()["config"] == config


def test_every_answer_carries_a_request_id(mesh, path):
    assert mesh.curl(path).fields["x-request-id"]
    assert mesh.curl(path, "-H", "X-Request-ID: mine-1").fields["x-request-id"] == "mine-1"


def test_the_gateway_shows_its_vitals(mesh):
    health = mesh.curl("/health")
    assert health.status == 200
    assert health.json()["service"] == "gateway"
    assert mesh.curl("/metrics").status == 200
