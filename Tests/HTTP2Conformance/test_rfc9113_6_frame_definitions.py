"""RFC 9113, 6: what each frame may be."""

import struct

import pytest
from wire import (ACK, CONTINUATION, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, ENDLESS_CALL, FLOW_CONTROL_ERROR,
                  FRAME_SIZE_ERROR, GOAWAY, GET, HAS_PRIORITY, HEADERS, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE,
                  MAX_FRAME_SIZE, NO_ERROR, OPEN_CALL, PADDED, PING, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM,
                  SETTINGS, WINDOW_UPDATE, data, is_pong, is_reset, ping, raw, settings, window_update)


def number(value, size=4):
    return value.to_bytes(size, "big")


def setting(identifier, value):
    return raw(SETTINGS, 0, 0, number(identifier, 2) + number(value))


# 6.1 DATA.

def test_6_1_data_needs_a_stream(peer):
    peer.send(data(1)[:5] + number(0))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_1_padding_is_dropped(peer):
    peer.request(1, ENDLESS_CALL, end=False)
    peer.send(raw(DATA, PADDED | END_STREAM, 1, b"\x07" + EMPTY_MESSAGE + bytes(7)))
    peer.until(lambda frame: frame.type == DATA and frame.stream == 1)


def test_6_1_data_may_be_all_padding(peer):
    peer.request(1, ENDLESS_CALL, end=False)
    peer.send(raw(DATA, PADDED, 1, b"\x05" + bytes(5)), raw(DATA, PADDED, 1, b"\0"),
              data(1, EMPTY_MESSAGE, end=True))
    peer.until(lambda frame: frame.type == DATA and frame.stream == 1)


@pytest.mark.parametrize("payload", [b"\x06" + bytes(5), b"\xff", b"\xff" + bytes(254)])
def test_6_1_padding_longer_than_the_payload_is_refused(peer, payload):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(DATA, PADDED, 1, payload))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_1_padded_data_without_a_length_is_refused(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(DATA, PADDED, 1))
    peer.expect_connection_error(FRAME_SIZE_ERROR, PROTOCOL_ERROR)


# 6.2 HEADERS.

def test_6_2_headers_need_a_stream(peer):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM, 0, peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_2_padding_and_priority_are_dropped(peer):
    flags = END_HEADERS | END_STREAM | PADDED | HAS_PRIORITY
    peer.send(raw(HEADERS, flags, 1, b"\x09" + struct.pack(">IB", 0, 200) + peer.block() + bytes(9)))
    assert peer.answer(1)[0][":status"] == "200"


def test_6_2_padding_longer_than_the_payload_is_refused(peer):
    block = peer.block()
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, bytes([len(block) + 1]) + block))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("payload", [b"", b"\0\0\0\0"])
def test_6_2_priority_that_is_cut_off_is_refused(peer, payload):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM | HAS_PRIORITY, 1, payload))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


# 6.3 PRIORITY.

def test_6_3_priority_needs_a_stream(peer):
    peer.send(raw(PRIORITY, 0, 0, bytes(5)))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 4, 6])
def test_6_3_priority_has_five_bytes(peer, size):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(PRIORITY, 0, 1, bytes(size)))
    # A stream error, that libnghttp2 makes one of the connection (5.4.1 lets it).
    peer.expect_connection_error(FRAME_SIZE_ERROR)


# 6.4 RST_STREAM.

def test_6_4_reset_needs_a_stream(peer):
    peer.send(raw(RST_STREAM, 0, 0, number(8)))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 3, 5])
def test_6_4_reset_has_four_bytes(peer, size):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(RST_STREAM, 0, 1, bytes(size)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


@pytest.mark.parametrize("code", [0, 8, 13, 0xffff_ffff])
def test_6_4_and_7_reset_with_any_code_ends_the_stream_alone(peer, code):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(RST_STREAM, 0, 1, number(code)))
    peer.request(3)
    assert peer.answer(3)[0][":status"] == "200"


# 6.5 SETTINGS.

def test_6_5_settings_are_for_the_connection(peer):
    peer.send(raw(SETTINGS, 0, 1))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [1, 5, 7])
def test_6_5_settings_have_six_bytes_each(peer, size):
    peer.send(raw(SETTINGS, 0, 0, bytes(size)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


def test_6_5_acknowledgement_is_empty(peer):
    peer.send(raw(SETTINGS, ACK, 0, bytes(6)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


def test_6_5_3_every_settings_frame_is_acknowledged(peer):
    peer.send(settings(), setting(INITIAL_WINDOW_SIZE, 1_000), setting(0xf0f0, 7))
    for _ in range(3):
        frame = peer.until(lambda frame: frame.type == SETTINGS)[-1]
        assert frame.flags & ACK and frame.payload == b""


BAD_SETTINGS = [(2, 2, PROTOCOL_ERROR), (2, 0xffff_ffff, PROTOCOL_ERROR),
                (INITIAL_WINDOW_SIZE, 0x8000_0000, FLOW_CONTROL_ERROR),
                (INITIAL_WINDOW_SIZE, 0xffff_ffff, FLOW_CONTROL_ERROR),
                (MAX_FRAME_SIZE, 16_383, PROTOCOL_ERROR), (MAX_FRAME_SIZE, 0, PROTOCOL_ERROR),
                (MAX_FRAME_SIZE, 1 << 24, PROTOCOL_ERROR)]


@pytest.mark.parametrize("identifier, value, code", BAD_SETTINGS)
def test_6_5_2_value_out_of_range_is_refused(peer, identifier, value, code):
    peer.send(setting(identifier, value))
    peer.expect_connection_error(code)


@pytest.mark.parametrize("identifier, value, code", BAD_SETTINGS)
def test_6_5_2_value_out_of_range_is_refused_at_the_start(connect, identifier, value, code):
    peer = connect({identifier: value})
    peer.expect_connection_error(code)


@pytest.mark.parametrize("identifier, value", [(2, 0), (2, 1), (MAX_FRAME_SIZE, 16_384), (MAX_FRAME_SIZE, (1 << 24) - 1),
                                               (INITIAL_WINDOW_SIZE, 0x7fff_ffff), (0, 1), (7, 9), (0xffff, 0xffff_ffff)])
def test_6_5_2_values_in_range_and_unknown_settings_are_taken(peer, identifier, value):
    peer.send(setting(identifier, value))
    peer.request(1)
    assert peer.answer(1)[0][":status"] == "200"


def test_6_5_3_settings_are_applied_in_their_order(peer):
    # The later value counts: with the first, nothing could be sent.
    peer.send(raw(SETTINGS, 0, 0, number(4, 2) + number(0) + number(4, 2) + number(65_535)))
    peer.request(1)
    assert peer.answer(1)[0][":status"] == "200"


@pytest.mark.parametrize("size", [0, 1, 64, 100_000])
def test_6_5_2_field_table_of_the_clients_choice(connect, size):
    peer = connect({HEADER_TABLE_SIZE: size})
    peer.settings_exchanged()
    peer.decoder.max_allowed_table_size = size
    for stream in range(1, 10, 2):
        peer.request(stream)
        assert peer.answer(stream)[0][":status"] == "200"


# 6.6 PUSH_PROMISE.

def test_6_6_clients_promise_nothing(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(PUSH_PROMISE, END_HEADERS, 1, number(2) + peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)


# 6.7 PING.

def test_6_7_answer_carries_the_same_bytes(peer):
    peer.send(ping(b"\0\xff12345\0"))
    peer.until(lambda frame: is_pong(frame, b"\0\xff12345\0"))


def test_6_7_answers_are_not_answered(peer):
    peer.send(raw(PING, ACK, 0, b"answer!!"), ping(b"question"))
    seen = peer.until(lambda frame: is_pong(frame, b"question"))
    assert [frame.payload for frame in seen if frame.type == PING] == [b"question"]


def test_6_7_ping_is_for_the_connection(peer):
    peer.send(raw(PING, 0, 1, bytes(8)))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 6, 7, 9, 16])
@pytest.mark.parametrize("flags", [0, ACK])
def test_6_7_ping_has_eight_bytes(peer, size, flags):
    peer.send(raw(PING, flags, 0, bytes(size)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


# 6.8 GOAWAY.

def test_6_8_goaway_is_for_the_connection(peer):
    peer.send(raw(GOAWAY, 0, 1, bytes(8)))
    peer.expect_connection_error(PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 7])
def test_6_8_goaway_has_eight_bytes(peer, size):
    peer.send(raw(GOAWAY, 0, 0, bytes(size)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


@pytest.mark.parametrize("code", [0, 2, 0xffff_ffff])
def test_6_8_streams_from_before_a_goaway_are_still_answered(peer, code):
    peer.request(1, end=False)
    peer.send(raw(GOAWAY, 0, 0, number(0) + number(code) + b"bye"), data(1, end=True))
    assert peer.answer(1)[0][":status"].startswith(("2", "4"))
    # And then there is nothing left to stay for.
    assert all(frame.type != GOAWAY or frame.payload[4:8] == number(NO_ERROR) for frame in peer.rest())


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


# 6.10 CONTINUATION.

def test_6_10_block_may_come_in_parts(peer):
    block = peer.block()
    peer.send(raw(HEADERS, END_STREAM, 1, block[:1]), raw(CONTINUATION, 0, 1, block[1:2]), raw(CONTINUATION, 0, 1),
              raw(CONTINUATION, END_HEADERS, 1, block[2:]))
    assert peer.answer(1)[0][":status"] == "200"


def test_6_10_first_part_may_be_empty(peer):
    peer.send(raw(HEADERS, END_STREAM, 1), raw(CONTINUATION, END_HEADERS, 1, peer.block()))
    assert peer.answer(1)[0][":status"] == "200"


@pytest.mark.parametrize("stream", [0, 3])
def test_6_10_continuation_stays_on_its_stream(peer, stream):
    block = peer.block()
    peer.send(raw(HEADERS, END_STREAM, 1, block[:1]), raw(CONTINUATION, END_HEADERS, stream, block[1:]))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_10_continuation_follows_an_unfinished_block_only(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(CONTINUATION, END_HEADERS, 1, peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_6_10_continuation_does_not_follow_data(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(data(1, b"x"), raw(CONTINUATION, END_HEADERS, 1, peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)
