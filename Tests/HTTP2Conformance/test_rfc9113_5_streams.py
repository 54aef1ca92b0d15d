"""RFC 9113, 5: streams, their states and identifiers."""

import struct

import pytest
from wire import (CANCEL, CONTINUATION, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, ENDLESS_CALL, GET, GOAWAY, HEADERS,
                  NO_ERROR, OPEN_CALL, PRIORITY, PROTOCOL_ERROR, REFUSED_STREAM, RST_STREAM, STREAM_CLOSED, code, data,
                  raw, reset, window_update)

PRIORITY_5 = struct.pack(">IB", 0, 15)


# 5.1, idle.

IDLE = {"DATA": data(1, b"x"), "RST_STREAM": reset(1), "WINDOW_UPDATE": window_update(1, 10),
        "CONTINUATION": raw(CONTINUATION, END_HEADERS, 1, b"\x82")}


@pytest.mark.parametrize("name", IDLE)
def test_5_1_idle_stream_takes_only_headers(peer, name):
    peer.send(IDLE[name])
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_5_1_idle_stream_takes_priority(peer):
    peer.send(raw(PRIORITY, 0, 1, PRIORITY_5))
    peer.request(1)
    assert peer.answer(1)[0][":status"] == "200"


# 5.1, half-closed (remote): the server still answers, the client has ended its half.

@pytest.fixture
def half_closed(peer):
    peer.request(1, ENDLESS_CALL, end=False)
    peer.send(data(1, EMPTY_MESSAGE, end=True))
    peer.until(lambda frame: frame.type == DATA and frame.stream == 1)
    return peer


def test_5_1_half_closed_stream_takes_no_data(half_closed):
    half_closed.send(data(1, b"more"))
    # A stream error, that libnghttp2 makes one of the connection (5.4.1 lets it).
    half_closed.expect_connection_error(STREAM_CLOSED)


def test_5_1_half_closed_stream_takes_no_headers(half_closed):
    half_closed.request(1)
    half_closed.expect_connection_error(STREAM_CLOSED)


@pytest.mark.parametrize("frame", [raw(PRIORITY, 0, 1, PRIORITY_5), window_update(1, 10)])
def test_5_1_half_closed_stream_takes_what_does_not_carry_a_request(half_closed, frame):
    half_closed.send(frame)
    half_closed.expect_life()


def test_5_1_half_closed_stream_can_be_reset(half_closed):
    half_closed.send(reset(1))
    half_closed.expect_life()


# 5.1, closed.

def finished(peer):
    peer.request(1)
    peer.answer(1)
    return peer


def was_reset(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(reset(1))
    return peer


@pytest.mark.parametrize("closed", [finished, was_reset])
@pytest.mark.parametrize("frame", [raw(PRIORITY, 0, 1, PRIORITY_5), window_update(1, 10), reset(1)],
                         ids=["PRIORITY", "WINDOW_UPDATE", "RST_STREAM"])
def test_5_1_closed_stream_ignores_what_may_still_arrive(peer, closed, frame):
    closed(peer).send(frame)
    peer.expect_life()


@pytest.mark.parametrize("closed", [finished, was_reset])
def test_5_1_closed_stream_takes_no_data(peer, closed):
    closed(peer).send(data(1, b"late"))
    peer.expect_stream_error(1, STREAM_CLOSED)


@pytest.mark.parametrize("closed", [finished, was_reset])
def test_5_1_closed_stream_takes_no_continuation(peer, closed):
    closed(peer).send(raw(CONTINUATION, END_HEADERS, 1, b"\x82"))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("closed", [finished, was_reset])
def test_5_1_closed_stream_takes_no_headers(peer, closed):
    closed(peer).request(1)
    peer.expect_connection_error(STREAM_CLOSED)


# 5.1.1.

@pytest.mark.parametrize("stream", [0, 2, 4])
def test_5_1_1_clients_open_odd_streams_only(peer, stream):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM, stream, peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_5_1_1_identifiers_only_grow(peer):
    peer.request(5)
    peer.answer(5)
    peer.request(3)
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_5_1_1_first_use_closes_the_idle_streams_below(peer):
    peer.request(5)
    peer.answer(5)
    peer.send(raw(PRIORITY, 0, 3, PRIORITY_5), reset(1))
    peer.expect_life()


def test_5_1_what_was_on_its_way_when_the_server_reset_a_stream_is_passed_over(peer):
    peer.request(1, [*GET[:2], (":path", "/none"), GET[3]], end=False)
    peer.until(lambda frame: frame.type == RST_STREAM)
    peer.send(data(1, b"on its way"), peer.headers(1, [("x-trailer", "too")]))
    peer.send(data(1, b"and more"))
    peer.request(3)
    while (frame := peer.next()).stream != 3 or not frame.flags & END_STREAM:
        assert frame.type not in (RST_STREAM, GOAWAY)


def test_5_1_1_identifiers_may_be_skipped(peer):
    peer.request(1_001)
    assert peer.answer(1_001)[0][":status"] == "200"
    peer.request(0x7fff_ffff)
    assert peer.answer(0x7fff_ffff)[0][":status"] == "200"


# 5.1.2.

def test_5_1_2_more_streams_than_allowed_are_refused(connect):
    # Before the client has acknowledged the limit, it may not know of it.
    peer = connect()
    for stream in range(1, 2 * 257, 2):
        peer.request(stream, OPEN_CALL, end=False)
    peer.expect_stream_error(2 * 257 - 1, REFUSED_STREAM, PROTOCOL_ERROR)


def test_5_1_2_more_streams_than_acknowledged_are_an_error(peer):
    for stream in range(1, 2 * 257, 2):
        peer.request(stream, OPEN_CALL, end=False)
    frame = peer.until(lambda frame: frame.type in (RST_STREAM, GOAWAY))[-1]
    assert code(frame) in (PROTOCOL_ERROR, REFUSED_STREAM)


def test_5_1_2_closed_streams_do_not_count(peer):
    for stream in range(1, 2 * 400, 2):
        # Some are answered: a client that takes back all its calls as soon as it makes them is sent away.
        if stream % 40 == 1:
            peer.request(stream)
            peer.answer(stream)
        else:
            peer.request(stream, OPEN_CALL, end=False)
            peer.send(reset(stream))
    peer.request(801)
    assert peer.answer(801)[0][":status"] == "200"


# 5.4.

def test_5_4_1_connection_error_names_the_last_stream_and_closes(peer):
    peer.request(1)
    peer.answer(1)
    peer.request(3)
    peer.answer(3)
    peer.send(raw(DATA, 0, 0, b"x"))
    goaway = [frame for frame in peer.rest() if frame.type == GOAWAY][-1]
    assert int.from_bytes(goaway.payload[:4], "big") == 3
    assert code(goaway) == PROTOCOL_ERROR


def test_5_4_2_reset_is_not_answered_with_a_reset(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(reset(1, CANCEL))
    peer.request(3)
    while (frame := peer.next()).stream != 3 or not frame.flags & END_STREAM:
        assert frame.type != RST_STREAM


def test_5_4_3_end_of_the_bytes_is_the_end(peer):
    peer.socket.shutdown(1)
    peer.rest()


# 5.5 is 4.1's unknown frames and 6.5's unknown settings.

def test_8_1_request_that_is_whole_is_answered_whole(peer):
    peer.request(1, GET, end=False)
    peer.send(data(1, b"a body"), data(1, end=True))
    fields, body, _ = peer.answer(1)
    assert fields[":status"].startswith(("2", "4")) and body is not None


def test_8_1_answer_before_the_end_of_the_request_asks_for_no_more(peer):
    # RFC 9113, 8.1: a complete response, then RST_STREAM(NO_ERROR), and the response must not be lost.
    peer.request(1, [*GET[:2], (":path", "/none"), GET[3]], end=False)
    frames = peer.until(lambda frame: frame.type == RST_STREAM)
    assert code(frames[-1]) == NO_ERROR
    assert any(frame.type == HEADERS for frame in frames)
    assert any(frame.flags & END_STREAM for frame in frames if frame.type in (DATA, HEADERS))
