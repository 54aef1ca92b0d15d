"""Bad input gets a clear answer that names the place, and costs the next caller nothing."""

import json

import pytest

PATH = "/v1/config/bad/prod"


@pytest.mark.parametrize("body, place", [
    ('{"config":{},"colour":1}', "colour"),
    ('{"config":{},"comment":5}', "comment"),
    ('{"config":{},"expectedVersion":-1}', "expectedVersion"),
    ('{"config":{},"expectedVersion":4294967296}', "expectedVersion"),
    ('{"config":{},"comment":"a","comment":"b"}', "comment"),
    ('{"config":[]}', "config"),
    ('{"config":{"a":' + "[" * 10_000 + "]" * 10_000 + "}}", ""),
    ('{"config":{}', ""),
    ("", "config"),
    ('{"config":{},"comment":"' + "x" * 2000 + '"}', "comment"),
], ids=lambda value: value[:40])
def test_a_bad_body_is_refused_with_the_place(mesh, body, place):
    answer = mesh.curl(PATH, method="PUT", data=body)
    assert answer.status == 400, answer.text
    error = answer.json()
    assert error["code"] in (3, "INVALID_ARGUMENT")
    assert place.lower() in json.dumps(error).lower().replace("expected_version", "expectedversion")
    assert "details" in error
    assert mesh.curl(PATH).status == 404, "nothing was stored"


def test_a_body_that_is_no_json_is_refused(mesh):
    # curl calls what it sends a form unless it is told otherwise.
    for options in [(), ("-H", "Content-Type: application/json")]:
        answer = mesh.curl(PATH, *options, method="PUT", data="nonsense")
        assert answer.status in (400, 415), answer.text
        assert answer.json()["code"] == 3


@pytest.mark.parametrize("path, status", [
    ("/v1/config/bad/prod?version=x", 400),
    ("/v1/config/bad/prod?version=-1", 400),
    ("/v1/config/bad/prod?colour=red", 400),
    ("/v1/config/bad%2Fworse/prod", 400),
    ("/v1/config/bad%zz/prod", 400),
    ("/v1/config/bad%/prod", 400),
    ("/v1/config/bad%ff/prod", 400),
    ("/v1/config/BAD/prod", 400),
    ("/v1/nothing/here", 404),
    ("/v1/config/bad", 404),
])
def test_a_bad_path_is_refused(mesh, path, status):
    answer = mesh.curl(path, "--path-as-is")
    assert answer.status == status, answer.text
    assert answer.json()["message"]


def test_the_wrong_verb_is_told_from_a_missing_path(mesh):
    answer = mesh.curl(PATH, method="DELETE")
    assert answer.status in (404, 405, 501)
    assert answer.json()["message"]


def test_a_body_over_the_limit_is_refused(mesh):
    body = json.dumps({"config": {"x": "y" * (20 << 20)}})
    answer = mesh.curl(PATH, method="PUT", data=body)
    assert answer.status in (400, 413, 429)


def test_a_config_over_its_own_limit_names_the_field(mesh):
    answer = mesh.curl(PATH, method="PUT", data=json.dumps({"config": {"x": "y" * (2 << 20)}}))
    assert answer.status == 400
    assert "config: is" in answer.json()["message"]


def test_invalid_utf_8_is_refused(mesh):
    answer = mesh.curl(PATH, method="PUT", data=b'{"config":{},"comment":"\xff\xfe"}')
    assert answer.status == 400
