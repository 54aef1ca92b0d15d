"""RFC 9113, 4: frames and field blocks."""

import pytest
from wire import (COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME_SIZE_ERROR, GET, HEADERS,
                  OPEN_CALL, PING, PRIORITY, PROTOCOL_ERROR, SETTINGS, WINDOW_UPDATE, data, literal, ping, raw,
                  window_update)


@pytest.mark.parametrize("stream", [0, 1, 2, 99])
def test_4_1_unknown_frames_are_ignored(peer, stream):
    peer.send(raw(0x16, 0xff, stream, b"what is this"), raw(0xff, 0, stream))
    peer.request(1)
    assert peer.answer(1)[0][":status"] == "200"


def test_4_1_unknown_frame_of_the_largest_size_is_ignored(peer):
    peer.send(raw(0x16, 0, 0, bytes(16_384)))
    peer.expect_life()


def test_4_1_flags_without_meaning_are_ignored(peer):
    peer.send(raw(PING, 0xfe, 0, b"all bits"))
    assert peer.until(lambda frame: frame.type == PING)[-1].payload == b"all bits"


def test_4_1_reserved_bit_is_ignored(peer):
    peer.send(raw(PING, 0, 0x8000_0000, b"reserved"))
    assert peer.until(lambda frame: frame.type == PING)[-1].payload == b"reserved"


def test_4_1_frames_may_be_cut_anywhere(peer):
    for byte in peer.headers(1):
        peer.send(bytes([byte]))
    assert peer.answer(1)[0][":status"] == "200"


def test_4_2_data_of_the_largest_size_is_taken(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(data(1, bytes(16_384)))
    peer.expect_life()


def test_4_2_data_over_the_largest_size_is_refused(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(DATA, 0, 1, bytes(16_385)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


@pytest.mark.parametrize("type", [HEADERS, SETTINGS, CONTINUATION, PING, WINDOW_UPDATE, PRIORITY, 0x16])
def test_4_2_frame_over_the_largest_size_is_refused(peer, type):
    peer.send(raw(type, END_HEADERS, 0 if type in (SETTINGS, PING) else 1, bytes(16_386)))
    peer.expect_connection_error(FRAME_SIZE_ERROR)


def test_4_3_block_that_does_not_decompress_ends_the_connection(peer):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\xff\xff\xff\xff\xff"))
    peer.expect_connection_error(COMPRESSION_ERROR)


def test_4_3_block_that_stops_in_a_field_ends_the_connection(peer):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM, 1, peer.block() + literal("name", "value")[:-3]))
    peer.expect_connection_error(COMPRESSION_ERROR)


BETWEEN = {
    "PRIORITY": raw(PRIORITY, 0, 1, bytes([0, 0, 0, 0, 15])), "PING": ping(), "DATA": data(1, b"x"),
    "WINDOW_UPDATE": window_update(0, 1), "SETTINGS": raw(SETTINGS), "an unknown frame": raw(0x16, 0, 1, b"x"),
    "HEADERS": raw(HEADERS, END_HEADERS, 3, literal(":method", "GET")),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_4_3_nothing_may_come_between_the_parts_of_a_block(peer, name):
    block = peer.block()
    peer.send(raw(HEADERS, END_STREAM, 1, block[:3]), BETWEEN[name], raw(CONTINUATION, END_HEADERS, 1, block[3:]))
    peer.expect_connection_error(PROTOCOL_ERROR)


def test_4_3_blocks_of_refused_requests_keep_the_table_in_step(peer):
    # The name is bad, and everything after it enters the table all the same.
    peer.request(1, GET, ("Upper", "case"), ("x-kept", "in the table"))
    peer.expect_stream_error(1, PROTOCOL_ERROR)
    peer.request(3, GET, ("x-kept", "in the table"))
    assert peer.answer(3)[0][":status"] == "200"
