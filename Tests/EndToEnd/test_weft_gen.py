"""`weft gen`: from protos, from descriptors, from a running server and from the registry."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from mesh import BINARY, ENVIRONMENT, ROOT

CONFIG = "weft/config/v1/config.proto"


def gen(folder, *arguments, check=True):
    result = subprocess.run(
        [BINARY, "gen", *map(str, arguments)], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=60)
    assert not check or result.returncode == 0, result.stderr
    return result


def openapi(folder):
    """The document in a folder, once OpenAPI's own schema for 3.1 has nothing against it."""
    document = json.loads((folder / "openapi.json").read_text())
    validate(document, cls=OpenAPIV31SpecValidator)
    return document


def check(document, schema, value):
    """That a value is as a schema of the document says."""
    jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_swift_is_what_protoc_makes(tmp_path):
    gen(tmp_path, "--lang", "swift", "--out", "made", "--visibility", "public", "--module", "WeftConfigService",
        "--embed-comments", "-I", ROOT / "proto", ROOT / "proto" / CONFIG)
    made = tmp_path / "made" / "weft_config_v1_config.weft.swift"
    committed = ROOT / "Sources/WeftConfigService/Generated/weft_config_v1_config.weft.swift"
    assert made.read_text() == committed.read_text()


def test_imports_that_come_with_weft_need_no_folder(tmp_path):
    (tmp_path / "own.proto").write_text("""
        syntax = "proto3"; package own; import "google/api/annotations.proto"; import "google/rpc/status.proto";
        message M { google.rpc.Status status = 1; }
        service S { rpc Get(M) returns (M) { option (google.api.http) = {get: "/v1/m"}; } }""")
    gen(tmp_path, "--lang", "swift,openapi", "own.proto")
    assert "import WeftRPC" in (tmp_path / "own.weft.swift").read_text()
    assert list(openapi(tmp_path)["paths"]) == ["/v1/m"]


def test_descriptors_in_a_file(tmp_path):
    subprocess.run(
        ["protoc", f"-I{ROOT / 'proto'}", "--include_imports", "-o", tmp_path / "config.binpb", CONFIG], check=True)
    gen(tmp_path, "--lang", "swift,openapi", "config.binpb")
    assert (tmp_path / "weft_config_v1_config.weft.swift").exists()
    assert openapi(tmp_path)["info"] == {"title": "ConfigService", "version": "v1"}


def test_several_sources_make_one_document(mesh, tmp_path):
    (tmp_path / "own.proto").write_text('''
        syntax = "proto3"; package own.v2; message M { string n = 1; } service Own { rpc Get(M) returns (M); }''')
    subprocess.run(["protoc", f"-I{tmp_path}", "-o", tmp_path / "own.pb", "own.proto"], check=True)
    mesh.weft("gen", "--lang", "openapi", "--out", tmp_path, "config", tmp_path / "own.pb",
              f"127.0.0.1:{mesh.config_port}")
    document = openapi(tmp_path)
    assert document["info"] == {"title": "Own, ConfigService", "version": "1.0.0"}
    assert "/own.v2.Own/Get" in document["paths"]

    (tmp_path / "own.proto").write_text('syntax = "proto3"; package own.v2; message M {}')
    subprocess.run(["protoc", f"-I{tmp_path}", "-o", tmp_path / "other.pb", "own.proto"], check=True)
    result = gen(tmp_path, "--lang", "swift", "own.pb", "other.pb", check=False)
    assert result.returncode != 0 and "other.pb and own.pb have different files called own.proto" in result.stderr


def test_every_hard_proto_makes_a_valid_document(tmp_path):
    protos = ROOT / "Tests/WeftGenerationTests/Protos"
    for proto in sorted(protos.rglob("*.proto")):
        if "service " not in proto.read_text():
            continue
        gen(tmp_path, "--lang", "openapi", "-I", protos, proto)
        openapi(tmp_path)


@pytest.mark.parametrize("arguments, message", [
    (["--lang", "openapi", "absent.proto"], "absent.proto"),
    (["--lang", "cobol", "a.proto"], "swift and openapi, not 'cobol'"),
    (["--lang", "swift", "a.proto", "b.binpb"], "cannot be taken together"),
    (["--lang", "swift", "absent.binpb"], "absent.binpb: cannot be read"),
    (["--lang", "swift", "bad.binpb"], "bad.binpb: "),
    (["--lang", "openapi", "empty.proto"], "no service"),
    (["--lang", "swift", "group.proto"], "M.g is a group"),
    (["--lang", "swift", "--import", "x", "empty.proto"], "PATH_PREFIX:MODULE"),
    (["--lang", "swift", "--visibility", "open", "empty.proto"], "Internal, Package, Public"),
])
def test_what_is_wrong_is_told_in_a_line_or_two(tmp_path, arguments, message):
    (tmp_path / "empty.proto").write_text('syntax = "proto3"; message M {}')
    (tmp_path / "group.proto").write_text('syntax = "proto2"; message M { optional group G = 1 {} }')
    (tmp_path / "bad.binpb").write_bytes(b"\x0a\xff")
    result = gen(tmp_path, *arguments, check=False)
    assert result.returncode != 0
    assert message in result.stderr
    assert len(result.stderr.splitlines()) <= 6 and "Fatal" not in result.stderr
    assert not list(tmp_path.glob("*.swift")) and not (tmp_path / "openapi.json").exists()


@pytest.mark.parametrize("where", ["registry", "reflection"])
def test_what_runs_describes_itself_and_answers_as_it_says(mesh, tmp_path, where):
    source = "config" if where == "registry" else f"127.0.0.1:{mesh.config_port}"
    mesh.weft("gen", "--lang", "swift,openapi", "--out", tmp_path, source)
    assert [path.name for path in tmp_path.glob("*.swift")] == ["weft_config_v1_config.weft.swift"]
    document = openapi(tmp_path)
    # The config service keeps its comments.
    assert document["tags"][0]["description"] == "Versioned configuration for each service and environment."

    path = "/v1/config/{service}/{environment}"
    put = document["paths"][path]["put"]
    body = {"config": {"n": 1}, "comment": f"by {where}"}
    check(document, put["requestBody"]["content"]["application/json"]["schema"], body)
    stored = mesh.curl(f"/v1/config/gen-{where}/prod", data=json.dumps(body), method="PUT")
    assert stored.status == 200
    check(document, put["responses"]["200"]["content"]["application/json"]["schema"], stored.json())

    listed = mesh.curl(f"/v1/config/gen-{where}/prod/versions?pageSize=5")
    schema = document["paths"][path + "/versions"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    check(document, schema, listed.json())
    assert len(listed.json()["versions"]) == 1

    missing = mesh.curl("/v1/config/gen-nobody/prod")
    assert missing.status == 404
    check(document, document["components"]["schemas"]["google.rpc.Status"], missing.json())


def test_a_newer_protoc_makes_the_same(tmp_path):
    """Of what protoc 3.21 is given elsewhere, with the protoc of today's grpcio-tools."""
    protos, made = ROOT / "Tests/WeftGenerationTests/Protos", tmp_path / "made"
    made.mkdir()
    names = {str(path.relative_to(protos)) for path in protos.rglob("*.proto")}
    # It refuses what the older one only warns of.
    names.remove("legacy.proto")
    newer(protos, made, "Visibility=Internal", *sorted(names))
    committed = ROOT / "Tests/WeftGenerationTests/Generated"
    assert len(list(made.iterdir())) == len(names)
    for path in made.iterdir():
        assert without_descriptor(path) == without_descriptor(committed / path.name), path.name


def test_editions_are_refused(tmp_path):
    (tmp_path / "a.proto").write_text('edition = "2023"; message M {}')
    result = newer(tmp_path, tmp_path, "Visibility=Internal", "a.proto", check=False)
    assert result.returncode != 0 and "editions" in result.stderr
    assert not list(tmp_path.glob("*.swift"))


def newer(folder, made, options, *names, check=True):
    plugin = ROOT / ".build/debug/protoc-gen-weft-swift"
    result = subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"-I{ROOT / 'proto'}",
         f"--plugin=protoc-gen-weft-swift={plugin}", f"--weft-swift_out={made}",
         f"--weft-swift_opt=FileNaming=PathToUnderscores,{options}", *names], capture_output=True, text=True)
    assert not check or result.returncode == 0, result.stderr
    return result


def without_descriptor(path):
    """Generated code but for the serialized descriptors, in which releases of protoc may differ."""
    return re.sub(r'base64: """.*?"""', "", path.read_text(), flags=re.S)
