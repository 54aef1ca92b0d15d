"""RFC 9113, 6.1 to 6.4, 6.6 and 6.10: what the frames of streams may be."""

import struct

import pytest
from wire import (CONTINUATION, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, ENDLESS_CALL, FRAME_SIZE_ERROR,
                  HAS_PRIORITY, HEADERS, OPEN_CALL, PADDED, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, data,
                  number, raw)


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


# 6.6 PUSH_PROMISE.

def test_6_6_clients_promise_nothing(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.send(raw(PUSH_PROMISE, END_HEADERS, 1, number(2) + peer.block()))
    peer.expect_connection_error(PROTOCOL_ERROR)


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
