"""RFC 9113, 3: how HTTP/2 begins."""

import pytest
from wire import (ACK, GET, GOAWAY, HEADERS, MAX_CONCURRENT_STREAMS, PREFACE, PROTOCOL_ERROR, SETTINGS,
                  WINDOW_UPDATE, Closed, ping, raw, settings)


def test_3_4_first_frame_of_the_server_is_settings(connect):
    frame = connect().next()
    assert frame.type == SETTINGS and frame.stream == 0 and not frame.flags & ACK


def test_3_4_server_bounds_the_streams_it_takes(connect):
    frame = connect().next()
    entries = {int.from_bytes(frame.payload[at:at + 2], "big"): int.from_bytes(frame.payload[at + 2:at + 6], "big")
               for at in range(0, len(frame.payload), 6)}
    assert 100 <= entries[MAX_CONCURRENT_STREAMS] <= 1000


def test_3_4_requests_may_follow_the_preface_at_once(connect):
    peer = connect()
    peer.request(1)
    assert peer.answer(1)[0][":status"] == "200"


def test_3_4_preface_may_come_a_byte_at_a_time(connect):
    peer = connect(begin=False)
    for byte in PREFACE + settings() + peer.headers(1):
        peer.send(bytes([byte]))
    assert peer.answer(1)[0][":status"] == "200"


@pytest.mark.parametrize("broken", [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", b"PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n", b"PRI X HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_3_4_broken_preface_ends_the_connection(connect, broken):
    peer = connect(begin=False)
    peer.send(broken, settings())
    # No HTTP/2 yet: a GOAWAY may be left out.
    for frame in peer.rest():
        assert frame.type in (SETTINGS, WINDOW_UPDATE, GOAWAY)


@pytest.mark.parametrize("first", [ping(), raw(HEADERS, 5, 1, b"\x82\x84\x86\x41\x01a"), raw(SETTINGS, ACK)],
                         ids=["PING", "HEADERS", "SETTINGS acknowledgement"])
def test_3_4_first_frame_of_a_client_must_be_settings(connect, first):
    peer = connect(begin=False)
    peer.send(PREFACE, first)
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_3_4_empty_settings_are_settings(connect):
    peer = connect()
    peer.settings_exchanged()
    peer.expect_life()


def test_3_3_http_1_1_on_the_same_port_is_served(connect):
    peer = connect(begin=False)
    peer.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = b""
    try:
        while True:
            answer += peer._exactly(1)
    except Closed:
        assert answer.startswith(b"HTTP/1.1 200 ")


def test_3_1_upgrade_from_http_1_1_is_passed_over(connect):
    # Deprecated: the server answers as if the client had not asked.
    peer = connect(begin=False)
    peer.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n")
    assert peer._exactly(13) == b"HTTP/1.1 200 "


def test_8_7_one_request_after_another_on_one_connection(peer):
    for stream in range(1, 100, 2):
        peer.request(stream)
        assert peer.answer(stream)[0][":status"] == "200"
    assert dict(GET)[":path"] == "/health"
