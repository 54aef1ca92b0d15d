"""As much of an HTTP/2 client as it takes to hold connections and streams open, at little memory of its own."""
import socket
import ssl
import struct

from .messages import ECHO, SERVICE, framed

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK = END_STREAM = 1
END_HEADERS = 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A field that no table keeps (RFC 7541, 6.2.2)."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def head(method, authority):
    # Static entries 3 and 6: `:method: POST`, `:scheme: http`.
    return b"\x83\x86" + b"".join(literal(name, value) for name, value in (
        (b":path", (SERVICE + method).encode()), (b":authority", authority), (b"te", b"trailers"),
        (b"content-type", b"application/grpc")))


class Connection:
    def __init__(self, port):
        self.socket = self.connect(port)
        self.authority = f"127.0.0.1:{port}".encode()
        self.received = bytearray()
        self.next_stream = 1
        # Bytes of DATA that the server takes now.
        self.window = 65_535
        self.max_streams = None
        self.ended = set()
        self.pings_answered = 0
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0))

    def connect(self, port):
        return socket.create_connection(("127.0.0.1", port), timeout=60)

    def begin(self, method, ends):
        """Opens a stream and sends one message on it.

        - ends: whether that is all the client has to say.
        """
        stream, self.next_stream = self.next_stream, self.next_stream + 2
        message = framed(ECHO)
        while self.window < len(message):
            self.read_some()
        self.window -= len(message)
        self.socket.sendall(
            frame(HEADERS, END_HEADERS, stream, head(method, self.authority))
            + frame(DATA, END_STREAM if ends else 0, stream, message))
        return stream

    def finish(self, stream):
        """Reads until the server has ended the stream."""
        while stream not in self.ended:
            self.read_some()

    def ping(self):
        """Waits until the server has read everything that was sent."""
        expected = self.pings_answered + 1
        self.socket.sendall(frame(PING, 0, 0, bytes(8)))
        while self.pings_answered < expected:
            self.read_some()

    def close(self):
        self.socket.close()

    def read_some(self):
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server has closed the connection")
        self.received += piece
        while len(self.received) >= 9:
            length = int.from_bytes(self.received[:3], "big")
            if len(self.received) < 9 + length:
                break
            kind, flags = self.received[3], self.received[4]
            stream = int.from_bytes(self.received[5:9], "big")
            payload = bytes(self.received[9:9 + length])
            del self.received[:9 + length]
            self.take(kind, flags, stream, payload)

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for name, value in struct.iter_unpack(">HI", payload):
                if name == 3:
                    self.max_streams = value
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and flags & ACK:
            self.pings_answered += 1
        elif kind == PING:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE and stream == 0:
            self.window += int.from_bytes(payload, "big")
        elif kind == GOAWAY or (kind == RST_STREAM and payload != bytes(4)):
            raise ConnectionError(f"the server refuses: frame {kind}, {payload!r}")
        elif kind in (DATA, HEADERS) and flags & END_STREAM:
            self.ended.add(stream)


class TLSConnection(Connection):
    """The same inside TLS, where the client shows a certificate."""

    def __init__(self, port, context):
        self.tls = context
        super().__init__(port)

    @staticmethod
    def context(certificate, key):
        made = ssl.create_default_context(cafile=certificate)
        made.load_cert_chain(certificate, key)
        made.set_alpn_protocols(["h2"])
        return made

    def connect(self, port):
        return self.tls.wrap_socket(super().connect(port), server_hostname="localhost")
