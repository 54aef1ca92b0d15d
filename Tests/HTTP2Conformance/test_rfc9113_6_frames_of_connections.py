"""RFC 9113, 6.5, 6.7 and 6.8: what the frames of the connection may be."""

import pytest
from wire import (ACK, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE,
                  MAX_FRAME_SIZE, NO_ERROR, PING, PROTOCOL_ERROR, SETTINGS, data, is_pong, number, ping, raw, setting,
                  settings)


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
