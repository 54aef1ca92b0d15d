"""The registry's DNS, asked by `dig` and by the C library's own resolver."""

import re
import subprocess
import urllib.request
import uuid

import grpc
import pytest

from mesh import BINARY, Process, eventually

# Long enough that no instance leaves while the tests run.
LEASE = 86_400_000


class Registry:
    """`weft registry` alone, with some instances."""

    def __init__(self, folder, stubs):
        self.folder, self.stubs = folder, stubs

    def __enter__(self):
        self.process = Process(
            [BINARY, "registry", "--insecure", "--data", self.folder / "data", "--port", 0, "--dns-port", 0,
             "--dns-service-ttl", "slow=30s"], self.folder, "registry")
        self.port = int(self.process.wait_for(r"answering DNS.*? port=(\d+)").group(1))
        rpc_port = int(self.process.wait_for(r" listening .*?port=(\d+)").group(1))
        with grpc.insecure_channel(f"127.0.0.1:{rpc_port}") as channel:
            client = stubs_client(self.stubs, channel)
            for fields in instances():
                instance = self.stubs.registry.Instance(lease_milliseconds=LEASE, **fields)
                client.Register(self.stubs.registry.RegisterRequest(instance=instance), timeout=20)
        return self

    def __exit__(self, *_):
        assert self.process.stop() == 0

    def dig(self, *words):
        command = ["dig", "@127.0.0.1", "-p", str(self.port), "+time=5", "+tries=2", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    def short(self, *words):
        return self.dig("+short", *words).split("\n")[:-1]


def stubs_client(stubs, channel):
    return stubs.registry_grpc.RegistryServiceStub(channel)


def instances():
    for number in range(1, 4):
        yield {"service": "web", "id": f"web-{number}", "address": f"10.0.0.{number}", "port": 8000 + number,
               "weight": number, "tags": [f"v{number}"]}
    yield {"service": "six", "id": "six", "address": "2001:db8::1", "port": 80}
    yield {"service": "slow", "id": "slow", "address": "10.0.1.1", "port": 80}
    yield {"service": "db", "id": "db", "address": "db.example.com", "port": 5432}
    for number in range(200):
        yield {"service": "many", "id": f"m-{number}", "address": f"10.9.0.{number}", "port": 80}


@pytest.fixture(scope="module")
def registry(tmp_path_factory, stubs):
    with Registry(tmp_path_factory.mktemp("dns"), stubs) as running:
        yield running


@pytest.mark.interop
def test_dig_finds_the_addresses_of_a_service(registry):
    assert sorted(registry.short("web.service.consul")) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert registry.short("v2.web.service.dc1.consul", "A") == ["10.0.0.2"]
    assert registry.short("six.service.consul", "AAAA") == ["2001:db8::1"]
    assert registry.short("+tcp", "WEB.Service.CONSUL") != []


@pytest.mark.interop
def test_dig_finds_ports_and_weights_and_the_targets_addresses(registry):
    text = registry.dig("_web._tcp.service.consul", "SRV")
    found = set(re.findall(r"IN\s+SRV\s+1 (\d) (\d+) (\S+)", text))
    assert found == {(str(n), str(8000 + n), f"0a00000{n}.addr.dc1.consul.") for n in (1, 2, 3)}
    for weight, _, target in found:
        assert re.search(rf"^{re.escape(target)}\s+0\s+IN\s+A\s+10\.0\.0\.{weight}$", text, re.M)
    assert registry.short("0a000003.addr.dc1.consul") == ["10.0.0.3"]


@pytest.mark.interop
def test_dig_is_told_what_is_not_there_as_resolvers_expect(registry):
    absent = registry.dig("nobody.service.consul")
    assert "status: NXDOMAIN" in absent and re.search(r"^consul\.\s+0\s+IN\s+SOA\s", absent, re.M)
    no_data = registry.dig("web.service.consul", "AAAA")
    assert "status: NOERROR" in no_data and "ANSWER: 0" in no_data and "SOA" in no_data
    assert "status: REFUSED" in registry.dig("example.com")
    assert "status: BADVERS" in registry.dig("+edns=1", "+noednsnegotiation", "web.service.consul")
    assert "status: NOTIMP" in registry.dig("+opcode=NOTIFY", "web.service.consul")


@pytest.mark.interop
def test_dig_comes_by_tcp_for_what_does_not_fit(registry):
    cut = registry.dig("+ignore", "+noedns", "many.service.consul")
    assert re.search(r"flags: [a-z ]*\btc\b", cut) and 0 < int(re.search(r"ANSWER: (\d+)", cut).group(1)) < 200
    assert int(re.search(r"MSG SIZE  rcvd: (\d+)", cut).group(1)) <= 512
    assert len(registry.short("many.service.consul")) == 200
    # Several questions on one connection.
    text = registry.dig("+tcp", "+keepopen", "+short", "web.service.consul", "many.service.consul")
    assert len(text.splitlines()) == 203


@pytest.mark.interop
def test_dig_sees_aliases_and_times_to_live(registry):
    assert registry.short("db.service.consul") == ["db.example.com."]
    assert re.search(r"^slow\.service\.consul\.\s+30\s+IN\s+A\s+10\.0\.1\.1$", registry.dig("slow.service.consul"), re.M)


def can_make_namespaces():
    return subprocess.run(["unshare", "--net", "--mount", "ip", "link", "set", "lo", "up"],
                          capture_output=True).returncode == 0


@pytest.mark.interop
@pytest.mark.skipif(not can_make_namespaces(), reason="needs the right to make network and mount namespaces")
def test_the_c_library_resolves_services(tmp_path, stubs):
    """resolv.conf knows no ports, so the registry gets port 53, in a network of its own."""
    with Registry(tmp_path, stubs):
        pass
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\nsearch service.consul\noptions timeout:2 attempts:2\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: dns\n")
    script = "\n".join([
        "set -e", "ip link set lo up",
        # The library asks for addresses of the families only that the machine has beside loopback (AI_ADDRCONFIG).
        "ip address add 192.0.2.1/32 dev lo", "ip address add 2001:db8:f::1/128 dev lo nodad",
        *(f"mount --bind {tmp_path}/{name} /etc/{name}" for name in ("resolv.conf", "nsswitch.conf")),
        f"exec {BINARY} registry --insecure --data {tmp_path}/data --port 0 --dns-port 53"])
    inside = Process(["unshare", "--net", "--mount", "bash", "-c", script], tmp_path, "inside")
    try:
        inside.wait_for("answering DNS")

        def getent(*words):
            command = ["nsenter", "--target", str(inside.popen.pid), "--net", "--mount", "getent", *words]
            result = subprocess.run(command, capture_output=True, text=True, timeout=60)
            return result.returncode, {line.split()[0] for line in result.stdout.splitlines()}

        every = {"10.0.0.1", "10.0.0.2", "10.0.0.3"}
        assert eventually(lambda: getent("ahostsv4", "web.service.consul"), 10, "an answer") == (0, every)
        # A short name, completed from the search list.
        assert getent("ahosts", "web") == (0, every)
        assert getent("ahostsv6", "six.service.consul") == (0, {"2001:db8::1"})
        # 200 addresses do not fit into a datagram: the library comes again by TCP.
        assert len(getent("ahostsv4", "many.service.consul")[1]) == 200
        assert getent("ahostsv4", "nobody.service.consul") == (2, set())
    finally:
        inside.stop()


def test_dns_has_the_rights_of_its_token(tmp_path):
    secret = str(uuid.uuid4())
    for name, arguments, answer in (("closed", [], []), ("open", ["--dns-token", secret], ["10.0.0.9"])):
        (tmp_path / name).mkdir()
        process = Process(
            [BINARY, "registry", "--insecure", "--data", tmp_path / name / "data", "--port", 0, "--dns-port", 0,
             "--http-port", 0, "--default-policy", "deny", "--initial-management-token", secret, *arguments],
            tmp_path / name, "registry")
        dns = process.wait_for(r"answering DNS.*? port=(\d+)").group(1)
        http = process.wait_for(r"answering HTTP.*? port=(\d+)").group(1)
        request = urllib.request.Request(
            f"http://127.0.0.1:{http}/v1/agent/service/register", method="PUT", headers={"X-Consul-Token": secret},
            data=b'{"Name": "web", "Address": "10.0.0.9", "Port": 80}')
        urllib.request.urlopen(request, timeout=20).close()
        found = subprocess.run(
            ["dig", "@127.0.0.1", "-p", dns, "+short", "+time=5", "web.service.consul"], capture_output=True,
            text=True, check=True, timeout=30).stdout.split()
        assert found == answer
        assert process.stop() == 0
