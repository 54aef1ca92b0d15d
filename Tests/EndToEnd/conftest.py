"""Fixtures: a real mesh from the real binary, on ports that nobody else has."""

import os
import subprocess

# Processes are started while grpcio's threads run. Its handlers of fork() would now and then abort the child before
# it becomes another program. Read when grpc is imported.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

import pytest
from playwright.sync_api import sync_playwright

import protos
from mesh import ROOT, Mesh


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    """Python code for our protos, made by protoc as any user would."""
    return protos.compile_into(tmp_path_factory.mktemp("stubs"))


@pytest.fixture(scope="session")
def mesh(tmp_path_factory):
    """One mesh that all tests share which break nothing."""
    with Mesh(tmp_path_factory.mktemp("mesh")) as running:
        yield running


@pytest.fixture
def own_mesh(tmp_path):
    """A mesh of its own, for a test that kills parts of it."""
    with Mesh(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def hello_binary():
    """The example, built as its own package: nothing of it is known to Weft."""
    package = ROOT / "Examples" / "hello"
    command = ["swift", "build", "--package-path", str(package), "--product", "hello"]
    subprocess.run(command, check=True)
    found = subprocess.run(command + ["--show-bin-path"], check=True, capture_output=True, text=True)
    return found.stdout.strip() + "/hello"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Without its sandbox, which root may not have.
        yield playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"] if os.geteuid() == 0 else [])


@pytest.fixture
def page(browser):
    with browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 860}) as context:
        context.set_default_timeout(20_000)
        page = context.new_page()
        troubles = []
        # What the policy refuses, what fails, and what the script throws are all told here.
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
        page.troubles = troubles
        yield page
