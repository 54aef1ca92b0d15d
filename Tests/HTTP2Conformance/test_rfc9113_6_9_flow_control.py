"""RFC 9113, 6.9: windows."""

import pytest
from wire import (DATA, END_STREAM, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, GET, HEADERS, INITIAL_WINDOW_SIZE,
                  OPEN_CALL, PROTOCOL_ERROR, RST_STREAM, WINDOW_UPDATE, data, is_pong, is_reset, number, ping, raw,
                  setting, window_update)


# 6.9 WINDOW_UPDATE and flow control.

def test_6_9_increment_of_zero_is_refused_on_a_stream(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(window_update(1, 0))
    # A stream error, that libnghttp2 makes one of the connection (5.4.1 lets it).
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_9_increment_of_zero_is_refused_on_the_connection(peer):
    peer.send(window_update(0, 0))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 3, 5])
@pytest.mark.parametrize("stream", [0, 1])
def test_6_9_window_update_has_four_bytes(peer, size, stream):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(WINDOW_UPDATE, 0, stream, bytes(size)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


def test_6_9_1_window_over_the_largest_is_refused_on_the_connection(peer):
    peer.send(window_update(0, 0x7fff_ffff))
    peer.expect_connection_error(FLOW_CONTROL_ERROR)


def test_6_9_1_window_over_the_largest_is_refused_on_a_stream(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(window_update(1, 0x7fff_ffff))
    peer.expect_stream_error(1, FLOW_CONTROL_ERROR)


def test_6_9_1_body_keeps_to_the_window(connect):
    peer = connect({INITIAL_WINDOW_SIZE: 1})
    peer.settings_exchanged()
    peer.request(1)
    body = b""
    while True:
        frame = peer.until(lambda frame: frame.stream == 1)[-1]
        if frame.type == DATA:
            assert len(frame.payload) <= 1
            body += frame.payload
            if frame.flags & END_STREAM:
                break
            peer.send(window_update(1, 1))
    assert body.startswith(b"{")


def test_6_9_2_window_that_shrinks_below_zero_waits_until_it_is_positive(connect):
    peer = connect({INITIAL_WINDOW_SIZE: 5})
    peer.settings_exchanged()
    peer.request(1)
    first = peer.until(lambda frame: frame.type == DATA)[-1]
    assert len(first.payload) == 5
    # Now at 0; then at -5, where 5 more are not enough.
    peer.send(setting(INITIAL_WINDOW_SIZE, 0), window_update(1, 5), ping())
    assert not any(frame.type == DATA for frame in peer.until(lambda frame: is_pong(frame, b"weft ask")))
    peer.send(window_update(1, 1))
    assert len(peer.until(lambda frame: frame.type == DATA)[-1].payload) == 1


def test_6_9_2_larger_initial_window_opens_streams_that_wait(connect):
    peer = connect({INITIAL_WINDOW_SIZE: 0})
    peer.settings_exchanged()
    peer.request(1)
    peer.until(lambda frame: frame.type == HEADERS)
    peer.send(setting(INITIAL_WINDOW_SIZE, 3))
    assert len(peer.until(lambda frame: frame.type == DATA)[-1].payload) == 3


def test_6_9_2_initial_window_that_lifts_one_over_the_largest_is_refused(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(window_update(1, 0x7fff_ffff - 65_535), setting(INITIAL_WINDOW_SIZE, 65_536))
    frame = peer.until(lambda frame: frame.type in (GOAWAY, RST_STREAM))[-1]
    at = 4 if frame.type == GOAWAY else 0
    assert frame.payload[at:at + 4] == number(FLOW_CONTROL_ERROR)


def test_6_9_1_connection_window_holds_all_streams(peer):
    # Metrics of a few kilobytes, again and again, on streams whose own windows are never the limit.
    received, stream = 0, 1
    while received < 65_535:
        peer.request(stream, [(":method", "GET"), (":scheme", "http"), (":path", "/metrics"), (":authority", "a")])
        while True:
            frame = peer.next()
            if frame.type != DATA:
                continue
            received += len(frame.payload)
            if received >= 65_535 or frame.flags & END_STREAM:
                break
        stream += 2
    assert received == 65_535
    # Nothing goes beyond the window, whatever else is answered.
    peer.send(ping(b"nothing."))
    assert not [frame for frame in peer.until(lambda frame: is_pong(frame, b"nothing.")) if frame.type == DATA]


def test_6_9_data_on_a_dead_stream_gives_the_connection_its_window_back(peer):
    # The server refuses the body of each, whose bytes are on their way all the same: more than a whole window.
    granted = 65_535 + (1 << 20)
    for stream in range(1, 200, 2):
        peer.request(stream, [*GET[:2], (":path", "/none"), GET[3]], end=False)
        peer.send(data(stream, bytes(16_384)))
        peer.until(lambda frame: is_reset(frame, stream))
    assert 100 * 16_384 > granted
    peer.expect_life()
