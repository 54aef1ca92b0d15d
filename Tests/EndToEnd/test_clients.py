"""docs/clients.md: what it prints is what works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mesh import BINARY, ROOT

TEXT = (ROOT / "docs" / "clients.md").read_text()


def blocks(section, language):
    """The code blocks of a section, in order."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S).group(1)
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


@pytest.fixture
def root(mesh, tmp_path):
    """A folder that looks like the root of the repository beside a running mesh."""
    (tmp_path / "proto").symlink_to(ROOT / "proto")
    (tmp_path / "certs").symlink_to(mesh.certs)
    return tmp_path


def shell(script, folder, mesh):
    """Runs commands as a person would, but on the ports of this mesh."""
    script = script.replace("localhost:8213", f"localhost:{mesh.config_port}")
    path = f"{Path(sys.executable).parent}:{Path(BINARY).parent}:{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-euc", script], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True,
        timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.interop
def test_python_as_printed(mesh, root):
    install, generate, call = blocks("Python", "sh")
    shell(generate, root, mesh)
    (root / "client" / "main.py").write_text(*blocks("Python", "python"))
    assert shell(call, root, mesh) == blocks("Python", "text")[0]
    # What is to be installed is what this ran with.
    pinned = (ROOT / "scripts" / "requirements.txt").read_text()
    for package in install.removeprefix("pip install").split():
        assert f"\n{package}==" in pinned


@pytest.mark.interop
def test_buf_curl_as_printed(mesh, root):
    mesh.weft("call", "config", "PutConfig", '{"service":"resume","environment":"prod","config":{"n":1}}')
    _, call = blocks("Without generated code", "sh")
    assert '"version"' in shell(call, root, mesh)


def test_openapi_as_printed(mesh, root):
    script = blocks("Without gRPC", "sh")[0].strip()
    registry = f"ipv4:127.0.0.1:{mesh.registry_port}"
    shell(f"{script} --registry {registry}", root, mesh)
    assert '"url": "http://localhost:8206"' in (root / "openapi.json").read_text()
