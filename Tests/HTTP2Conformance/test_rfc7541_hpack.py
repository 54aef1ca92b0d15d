"""RFC 7541: header compression, with blocks made by hand."""

import pytest
from wire import COMPRESSION_ERROR, END_HEADERS, END_STREAM, GET, HEADERS, SETTINGS, ACK, incremental, length, literal, raw, settings

# GET, http, and /health with an authority as literals: what each block below is added to.
REQUEST = b"\x82\x86" + literal(":path", "/health") + literal(":authority", "a")


def send(peer, block, stream=1):
    peer.send(raw(HEADERS, END_HEADERS | END_STREAM, stream, block))


def is_answered(peer, block, stream=1):
    send(peer, block, stream)
    assert peer.answer(stream)[0][":status"] == "200"


def is_refused(peer, block, stream=1):
    send(peer, block, stream)
    peer.expect_connection_error(COMPRESSION_ERROR)


# 2.3: tables.

def test_2_3_3_index_of_the_static_table(peer):
    is_answered(peer, REQUEST + bytes([0x80 | 19]) + bytes([0x80 | 61]))


def test_2_3_3_indices_above_the_static_table_are_the_newest_entries_first(peer):
    is_answered(peer, REQUEST + incremental(b"x-a", b"1") + incremental(b"x-b", b"2") + b"\xbe\xbf")
    is_answered(peer, REQUEST + b"\xbe\xbf", 3)


@pytest.mark.parametrize("index", [0, 62, 63, 127, 1_000_000])
def test_2_3_3_index_without_an_entry_is_refused(peer, index):
    block = length(index, 7)
    is_refused(peer, REQUEST + bytes([block[0] | 0x80]) + block[1:])


@pytest.mark.parametrize("prefix, bits", [(6, 0x40), (4, 0x00), (4, 0x10)], ids=["indexed", "plain", "never"])
@pytest.mark.parametrize("index", [62, 100, 1_000_000])
def test_2_3_3_name_without_an_entry_is_refused(peer, prefix, bits, index):
    block = length(index, prefix)
    is_refused(peer, REQUEST + bytes([block[0] | bits]) + block[1:] + b"\x01x")


# 4: the dynamic table.

def test_4_1_entry_that_was_evicted_is_gone(peer):
    # 4096 bytes hold one entry of 32 + 4 + 4000, not two.
    is_answered(peer, REQUEST + incremental(b"x-aa", b"v" * 4000))
    is_answered(peer, REQUEST + incremental(b"x-bb", b"v" * 4000) + b"\xbe", 3)
    is_refused(peer, REQUEST + b"\xbf", 5)


def test_4_4_entry_larger_than_the_table_empties_it(peer):
    is_answered(peer, REQUEST + incremental(b"x-aa", b"1") + incremental(b"x-bb", b"v" * 5000))
    is_refused(peer, REQUEST + b"\xbe", 3)


def test_4_4_name_of_an_entry_that_its_own_field_evicts(peer):
    is_answered(peer, REQUEST + incremental(b"x-aa", b"v" * 2000))
    # The name is taken from the entry before that is evicted.
    is_answered(peer, REQUEST + b"\x7e" + length(3990) + b"w" * 3990 + b"\xbe", 3)


@pytest.mark.parametrize("size", [0, 1, 100, 4096])
def test_4_2_table_may_be_made_smaller_at_the_start_of_a_block(peer, size):
    block = length(size, 5)
    is_answered(peer, bytes([block[0] | 0x20]) + block[1:] + REQUEST + incremental(b"x-a", b"1"))
    is_answered(peer, REQUEST, 3)


def test_4_2_and_4_3_size_may_go_to_zero_and_up_again(peer):
    is_answered(peer, REQUEST + incremental(b"x-a", b"1"))
    is_answered(peer, b"\x20\x3f\xe1\x1f" + REQUEST + incremental(b"x-b", b"2") + b"\xbe", 3)
    is_refused(peer, REQUEST + b"\xbf", 5)


@pytest.mark.parametrize("size", [4097, 65_536, 1 << 31])
def test_6_3_size_over_the_limit_is_refused(peer, size):
    block = length(size, 5)
    is_refused(peer, bytes([block[0] | 0x20]) + block[1:] + REQUEST)


@pytest.mark.parametrize("place", ["middle", "end"])
def test_4_2_size_after_a_field_is_refused(peer, place):
    is_refused(peer, b"\x82\x20" + REQUEST[1:] if place == "middle" else REQUEST + b"\x20")


# 5.1: integers.

def test_5_1_integer_may_have_zeros_to_spare(peer):
    # 62 as index: the prefix of 7 bits is not full. 127 = 127 + 0, told with two more bytes of zeros.
    is_answered(peer, REQUEST + b"\x00" + b"\x7f\x80\x80\x00" + b"n" * 127 + b"\x01v")


@pytest.mark.parametrize("integer", [b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\xff\xff\xff\xff\xff\x0f",
                                     b"\xff" + b"\x80" * 20 + b"\x01", b"\xff"],
                         ids=["64 bits", "36 bits", "many zeros", "cut off"])
def test_5_1_integer_that_is_too_long_is_refused(peer, integer):
    is_refused(peer, REQUEST + integer)


# 5.2: strings.

@pytest.mark.parametrize("value", [b"\x81\xff", b"\x82\x1f\xff", b"\x84\xff\xff\xff\xff", b"\x81\x00", b"\x81\x1c"],
                         ids=["only padding", "8 bits of padding", "EOS", "padding of zeros", "padding of mixed bits"])
def test_5_2_huffman_padding_is_short_and_of_ones(peer, value):
    is_refused(peer, REQUEST + b"\x00\x03x-a" + value)


def test_5_2_string_with_and_without_huffman(peer):
    # "1" is 00001 and three bits of padding.
    is_answered(peer, REQUEST + b"\x00\x03x-a\x81\x0f" + b"\x00\x03x-a\x011" + b"\x00\x03x-a\x80" + b"\x00\x03x-a\x00")


@pytest.mark.parametrize("block", [b"\x00\x7fshort", b"\x00\x03x-a\x05shor", b"\x40", b"\x00\x03x-a", b"\x00\xff\xff\x7f"])
def test_5_2_string_longer_than_the_block_is_refused(peer, block):
    is_refused(peer, REQUEST + block)


# 6: every representation.

NAMED = [b"\x0f\x2b", b"\x1f\x2b", b"\x7a"]


@pytest.mark.parametrize("block", [literal("x-a", "1"), b"\x10\x03x-a\x011", incremental(b"x-a", b"1"),
                                   *[start + b"\x05agent" for start in NAMED]])
def test_6_every_representation_of_a_field(peer, block):
    # The named ones are "user-agent", index 58.
    is_answered(peer, REQUEST + block)


def test_6_2_2_and_6_2_3_fields_that_are_not_indexed_enter_no_table(peer):
    is_answered(peer, REQUEST + literal("x-a", "1") + b"\x10\x03x-b\x011")
    is_refused(peer, REQUEST + b"\xbe", 3)


# 6.5.2 of RFC 9113: the table that the server may use is the client's to bound.

def test_4_2_server_says_when_its_table_shrinks(peer):
    is_answered(peer, REQUEST)
    peer.send(settings({1: 0}))
    peer.until(lambda frame: frame.type == SETTINGS and frame.flags & ACK)
    send(peer, REQUEST, 3)
    frame = peer.until(lambda frame: frame.type == HEADERS)[-1]
    assert frame.payload[0] & 0xe0 == 0x20, "the block does not begin with a size"
    peer.decoder.max_allowed_table_size = 0
    assert (":status", "200") in peer.decoder.decode(frame.payload)
    assert peer.decoder.header_table_size == 0


# C.3 and C.4: the RFC's own examples, three requests on one connection.

PLAIN = ["828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
         "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"]
HUFFMAN = ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
           "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"]


@pytest.mark.parametrize("blocks", [PLAIN, HUFFMAN], ids=["C.3", "C.4"])
def test_appendix_c_requests(peer, blocks):
    for stream, block in zip((1, 3, 5), blocks):
        send(peer, bytes.fromhex(block), stream)
        assert peer.answer(stream)[0][":status"].startswith(("2", "4"))
    # Of the table that the examples end with, every entry is there.
    send(peer, REQUEST + b"\xbe\xbf", 7)
    assert peer.answer(7)[0][":status"] == "200"


def test_long_life_of_both_tables(peer):
    for stream in range(1, 1_000, 2):
        peer.request(stream, GET, (f"x-name-{stream % 70}", f"value {stream % 130}"))
        assert peer.answer(stream)[0][":status"] == "200"
