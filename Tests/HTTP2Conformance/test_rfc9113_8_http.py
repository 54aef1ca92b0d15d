"""RFC 9113, 8: HTTP in HTTP/2."""

import pytest
from wire import (CANCEL, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, ENDLESS_CALL, GET, HEADERS, NO_ERROR, OPEN_CALL,
                  PROTOCOL_ERROR, RST_STREAM, code, data, is_reset, literal, raw, reset)

METHOD, SCHEME, PATH, AUTHORITY = GET


def request(peer, *fields, end=True):
    """A request of just these fields, in characters that no library would send."""
    peer.send(raw(HEADERS, END_HEADERS | (END_STREAM if end else 0), 1, b"".join(literal(*field) for field in fields)))


# 8.1: the shape of a message.

def test_8_1_trailers_end_a_request(peer):
    peer.request(1, ENDLESS_CALL, end=False)
    peer.send(data(1, EMPTY_MESSAGE))
    peer.request(1, [("x-trailer", "1")])
    peer.until(lambda frame: frame.type == DATA and frame.stream == 1)


def test_8_1_trailers_without_an_end_are_malformed(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.request(1, [("x-trailer", "1")], end=False)
    peer.expect_malformed(1)


def test_8_1_trailers_have_no_pseudo_fields(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.request(1, [(":path", "/")])
    peer.expect_malformed(1)


def test_8_1_second_head_is_malformed(peer):
    peer.request(1, OPEN_CALL, end=False)
    peer.request(1, OPEN_CALL, end=False)
    peer.expect_malformed(1)


@pytest.mark.parametrize("code", [NO_ERROR, CANCEL])
def test_8_1_client_may_end_an_exchange(peer, code):
    peer.request(1, ENDLESS_CALL, end=False)
    peer.send(data(1, EMPTY_MESSAGE, end=True))
    peer.until(lambda frame: frame.type == DATA and frame.stream == 1)
    peer.send(reset(1, code))
    peer.expect_life()


# 8.1.1: content-length.

@pytest.mark.parametrize("parts", [[b"12345"], [b"1234", b"567"], [b""], [b"12"]])
def test_8_1_1_length_must_be_that_of_the_body(peer, parts):
    peer.request(1, OPEN_CALL, ("content-length", "4" if parts != [b"12"] else "3"), end=False)
    peer.send(*[data(1, part, end=index == len(parts) - 1) for index, part in enumerate(parts)])
    peer.expect_stream_error(1, PROTOCOL_ERROR)


def test_8_1_1_length_of_a_request_without_a_body_must_be_zero(peer):
    peer.request(1, GET, ("content-length", "1"))
    peer.expect_malformed(1)


@pytest.mark.parametrize("value", ["-1", "+1", "1a", "", "1,1", "99999999999999999999"])
def test_8_1_1_length_must_be_a_number(peer, value):
    request(peer, *GET, ("content-length", value))
    peer.expect_malformed(1)


def test_8_1_1_two_lengths_are_malformed(peer):
    request(peer, *GET, ("content-length", "0"), ("content-length", "0"))
    peer.expect_malformed(1)


def test_8_1_1_length_that_is_right_is_taken(peer):
    peer.request(1, GET, ("content-length", "0"))
    assert peer.answer(1)[0][":status"] == "200"


# 8.2: fields.

@pytest.mark.parametrize("name", ["Upper", "x-É", "a b", "a\0b", "a\nb", "a\rb", "x\x7f", b"x\x80", b"\xff", "a:b", "", "(x)",
                                  "x\t", "\"x\"", "x/y", "x@y"])
def test_8_2_1_name_of_other_than_token_characters_is_malformed(peer, name):
    request(peer, *GET, (name, "1"))
    peer.expect_malformed(1)


@pytest.mark.parametrize("value", ["a\0b", "a\rb", "a\nb", "\0", "\n", "a\r\nx: y"])
def test_8_2_1_value_with_nul_or_line_ends_is_malformed(peer, value):
    request(peer, *GET, ("x-value", value))
    peer.expect_malformed(1)


@pytest.mark.parametrize("value", [" a", "a ", "\ta", "a\t", " ", "\t"])
def test_8_2_1_value_with_white_space_around_it_is_malformed(peer, value):
    request(peer, *GET, ("x-value", value))
    peer.expect_malformed(1)


@pytest.mark.parametrize("value", ["", "a b", "a\tb", b"\x80\xff", "é", "a,b;c=\"d\""])
def test_8_2_1_other_values_are_taken(peer, value):
    request(peer, *GET, ("x-value", value))
    assert peer.answer(1)[0][":status"] == "200"


@pytest.mark.parametrize("name, value", [("connection", "close"), ("connection", "keep-alive"), ("proxy-connection", "close"),
                                         ("keep-alive", "timeout=5"), ("transfer-encoding", "chunked"),
                                         ("upgrade", "websocket"), ("te", "gzip"), ("te", "trailers, deflate")])
def test_8_2_2_fields_of_the_connection_are_malformed(peer, name, value):
    peer.request(1, GET, (name, value))
    peer.expect_malformed(1)


@pytest.mark.parametrize("value", ["trailers", "Trailers"])
def test_8_2_2_te_may_say_trailers(peer, value):
    peer.request(1, GET, ("te", value))
    assert peer.answer(1)[0][":status"] == "200"


def test_8_2_3_cookie_may_come_in_pieces(peer):
    peer.request(1, GET, ("cookie", "a=b"), ("cookie", "c=d"))
    assert peer.answer(1)[0][":status"] == "200"


# 8.3: pseudo fields.

@pytest.mark.parametrize("missing", [METHOD, SCHEME, PATH])
def test_8_3_1_pseudo_field_that_is_missing_is_malformed(peer, missing):
    request(peer, *[field for field in GET if field != missing])
    peer.expect_malformed(1)


@pytest.mark.parametrize("twice", GET)
def test_8_3_1_pseudo_field_that_comes_twice_is_malformed(peer, twice):
    request(peer, *GET, twice)
    peer.expect_malformed(1)


@pytest.mark.parametrize("empty", [":method", ":scheme", ":path"])
def test_8_3_1_pseudo_field_without_a_value_is_malformed(peer, empty):
    request(peer, *[(name, "" if name == empty else value) for name, value in GET])
    peer.expect_malformed(1)


@pytest.mark.parametrize("field", [(":status", "200"), (":unknown", "x"), (":", "x"), (":Path", "/"), (":protocol", "websocket")])
def test_8_3_pseudo_field_that_no_request_has_is_malformed(peer, field):
    request(peer, *GET, field)
    peer.expect_malformed(1)


@pytest.mark.parametrize("place", range(1, 4))
def test_8_3_pseudo_field_after_another_field_is_malformed(peer, place):
    request(peer, *GET[:place], ("x-first", "1"), *GET[place:])
    peer.expect_malformed(1)


@pytest.mark.parametrize("path", ["health", "http://localhost/health", "?x", "#", " /", "/a b", "/a\0b", "/\x7f"])
def test_8_3_1_path_that_does_not_begin_with_a_slash_is_malformed(peer, path):
    request(peer, METHOD, SCHEME, (":path", path), AUTHORITY)
    peer.expect_malformed(1)


def test_8_3_1_asterisk_is_a_path_of_options_alone(peer):
    request(peer, METHOD, SCHEME, (":path", "*"), AUTHORITY)
    peer.expect_malformed(1)


def test_8_3_1_asterisk_is_a_path_of_options(peer):
    peer.request(1, [(":method", "OPTIONS"), SCHEME, (":path", "*"), AUTHORITY])
    assert peer.answer(1)[0][":status"].startswith(("2", "4"))


def test_8_3_1_request_for_nobody_is_malformed(peer):
    request(peer, METHOD, SCHEME, PATH)
    peer.expect_malformed(1)


def test_8_3_1_host_may_stand_for_the_authority(peer):
    request(peer, METHOD, SCHEME, PATH, ("host", "localhost"))
    assert peer.answer(1)[0][":status"] == "200"


def test_8_3_1_host_may_repeat_the_authority(peer):
    request(peer, *GET, ("host", "localhost"))
    assert peer.answer(1)[0][":status"] == "200"


@pytest.mark.parametrize("host", ["other", "localhost:1"])
def test_8_3_1_host_that_differs_from_the_authority_is_malformed(peer, host):
    request(peer, *GET, ("host", host))
    peer.expect_malformed(1)


@pytest.mark.parametrize("authority", ["user@localhost", "user:secret@localhost", "local host", "a/b", ""])
def test_8_3_1_authority_is_a_host_and_a_port(peer, authority):
    request(peer, METHOD, SCHEME, PATH, (":authority", authority))
    peer.expect_malformed(1)


@pytest.mark.parametrize("method", ["G T", "GET\0", "G(T", "é"])
def test_8_3_1_method_is_a_token(peer, method):
    request(peer, (":method", method), SCHEME, PATH, AUTHORITY)
    peer.expect_malformed(1)


@pytest.mark.parametrize("scheme", ["ht tp", "1http", "http:", "h\0"])
def test_8_3_1_scheme_is_one(peer, scheme):
    request(peer, METHOD, (":scheme", scheme), PATH, AUTHORITY)
    peer.expect_malformed(1)


def test_8_3_1_unknown_method_is_answered(peer):
    peer.request(1, [(":method", "BREW"), SCHEME, PATH, AUTHORITY])
    assert peer.answer(1)[0][":status"] in ("405", "501", "404")


# 8.5: CONNECT.

def test_8_5_connect_has_no_scheme_and_no_path(peer):
    request(peer, (":method", "CONNECT"), SCHEME, PATH, AUTHORITY)
    peer.expect_malformed(1)


def test_8_5_connect_has_an_authority(peer):
    request(peer, (":method", "CONNECT"))
    peer.expect_malformed(1)


def test_8_5_connect_is_refused(peer):
    request(peer, (":method", "CONNECT"), ("  :authority".strip(), "example.com:443"), end=False)
    frame = peer.until(lambda frame: frame.stream == 1)[-1]
    if frame.type == RST_STREAM:
        assert code(frame) in (PROTOCOL_ERROR, 7, 10)
    else:
        assert frame.type == HEADERS and peer.decoder.decode(frame.payload)[0][1] in ("400", "404", "405", "501")
    peer.send(reset(1))
    peer.expect_life()


# 8.6, 8.7.

def test_8_7_request_that_was_not_processed_says_so(connect):
    # REFUSED_STREAM only for what no handler saw: streams over the limit.
    peer = connect()
    for stream in range(1, 2 * 300, 2):
        peer.request(stream, OPEN_CALL, end=False)
    refused = [frame for stream in range(2 * 257 - 1, 2 * 300, 2)
               for frame in peer.until(lambda frame: is_reset(frame, stream))[-1:]]
    assert {code(frame) for frame in refused} == {7}
