"""RFC 9113, 9.2: HTTP/2 over TLS."""

import ssl

import pytest
from wire import GET, Peer

SECURE = [GET[0], (":scheme", "https"), *GET[2:]]


def context(folder, *protocols):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(folder / "ca.pem")
    made.load_cert_chain(folder / "client.pem", folder / "client-key.pem")
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_3_2_h2_is_agreed_to_by_alpn(tls_server, version):
    address, folder = tls_server
    tls = context(folder, "h2", "http/1.1")
    tls.minimum_version = tls.maximum_version = version
    with Peer(address, tls=tls) as peer:
        assert peer.socket.selected_alpn_protocol() == "h2"
        peer.request(1, SECURE)
        assert peer.answer(1)[0][":status"] == "200"


def test_3_2_http_1_1_may_be_chosen(tls_server):
    address, folder = tls_server
    with Peer(address, begin=False, tls=context(folder, "http/1.1")) as peer:
        peer.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert peer._exactly(13) == b"HTTP/1.1 200 "


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_9_2_older_tls_is_refused(tls_server):
    address, folder = tls_server
    tls = context(folder, "h2")
    tls.minimum_version = ssl.TLSVersion.TLSv1
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        Peer(address, tls=tls)


@pytest.mark.parametrize("suite", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "AES128-SHA", "AES128-GCM-SHA256"])
def test_9_2_2_suites_that_http2_forbids_are_refused(tls_server, suite):
    address, folder = tls_server
    tls = context(folder, "h2")
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    with pytest.raises(ssl.SSLError):
        Peer(address, tls=tls)


@pytest.mark.parametrize("suite", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"])
def test_9_2_2_suites_that_http2_wants_are_taken(tls_server, suite):
    address, folder = tls_server
    tls = context(folder, "h2")
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    with Peer(address, tls=tls) as peer:
        peer.request(1, SECURE)
        assert peer.answer(1)[0][":status"] == "200"


def test_9_2_1_tls_compression_is_off(tls_server):
    address, folder = tls_server
    tls = context(folder, "h2")
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    with Peer(address, tls=tls) as peer:
        assert peer.socket.compression() is None
        peer.settings_exchanged()
        peer.expect_life()
