"""The SwiftPM plugin in a package that is not Weft's: two targets, imports between them, strict compiler settings."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import google.type
import pytest

from mesh import ROOT

HERE = Path(__file__).parent
# Kept between runs, and shared by the tests: Weft's dependencies are most of the work.
SCRATCH = ROOT / ".build" / "outside-package"


class Package:
    def __init__(self, folder):
        self.folder = folder / "shop"
        shutil.copytree(HERE / "outside", self.folder)
        # The releases of Weft's dependencies that are tested everywhere else.
        shutil.copy(ROOT / "Examples" / "hello" / "Package.resolved", self.folder)

    def swift(self, command, *arguments, check=True):
        result = subprocess.run(
            ["swift", command, "--package-path", str(self.folder), "--scratch-path", str(SCRATCH), *arguments],
            capture_output=True, text=True, env={**os.environ, "WEFT_PATH": str(ROOT)})
        assert not check or result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
        return result

    def refusal(self):
        """What a build that must fail says."""
        result = self.swift("build", "--product", "shop", check=False)
        assert result.returncode != 0
        return result.stdout + result.stderr


@pytest.fixture
def package(tmp_path):
    return Package(tmp_path)


def test_generated_code_builds_and_calls(package):
    package.swift("build", "--product", "shop")
    assert package.swift("run", "--skip-build", "shop").stdout.splitlines() == [
        "total 12.55 EUR", "each 4.50 EUR, 8.05 EUR"]


def test_a_changed_proto_is_generated_anew(package):
    package.swift("build", "--product", "shop")
    proto = package.folder / "Sources/Shop/shop/v1/self.proto"
    proto.write_text(proto.read_text().replace("int32 init = 2", "int32 initial = 2"))
    with open(package.folder / "Sources/Shop/main.swift", "a") as main:
        main.write("print(Shop_V1_Self.messageDescriptor.fields.map(\\.name))\n")
    package.swift("build", "--product", "shop")
    assert '["self", "initial"]' in package.swift("run", "--skip-build", "shop").stdout


def test_what_is_wrong_is_told(package):
    settings = package.folder / "Sources/Shop/weft-protobuf.json"
    good = settings.read_text()
    settings.write_text(json.dumps({**json.loads(good), "visibility": "open"}))
    assert '"visibility" must be "internal", "package" or "public"' in package.refusal()
    settings.write_text(good)

    proto = package.folder / "Sources/Shop/shop/v1/self.proto"
    proto.write_text('syntax = "proto2"; package shop.v1; message Self { optional group G = 1 {} }')
    assert "shop.v1.Self.g is a group, which is not supported" in package.refusal()

    twin = package.folder / "Sources/Shop/shop_v1/self.proto"
    twin.parent.mkdir()
    twin.write_text('syntax = "proto3";')
    assert "shop_v1/self.proto" in package.refusal()


def test_the_protos_of_others(package):
    """Google's common protos, as they come with googleapis-common-protos."""
    protos = Path(google.type.__path__[0]).parent
    for proto in protos.rglob("*.proto"):
        place = package.folder / "Sources/Google/google" / proto.relative_to(protos)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(proto, place)
    package.swift("build", "--target", "Google")
