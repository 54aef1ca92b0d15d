"""Stands in for the conftest.py of py-consul's own tests, which starts containers: gives them a process of ours."""

import collections
import tempfile
import uuid

import pytest
import requests

from servers import under_test

Instance = collections.namedtuple("Instance", ["container", "port", "version"])


def running(token=None):
    # Folders of pytest's are kept; these would be hundreds.
    with tempfile.TemporaryDirectory() as folder, under_test(folder, token) as server:
        fields = {"X-Consul-Token": token} if token else {}
        told = requests.get(f"http://{server.address}/v1/agent/self", headers=fields, timeout=10).json()
        yield Instance(None, server.http_port, told["Config"]["Version"].strip())


@pytest.fixture
def consul_instance():
    yield from running()


@pytest.fixture
def acl_consul_instance():
    token = str(uuid.uuid4())
    for instance in running(token):
        yield instance, token


@pytest.fixture
def consul_port(consul_instance):
    return consul_instance.port, consul_instance.version
