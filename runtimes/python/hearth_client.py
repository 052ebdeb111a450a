"""One keep-alive connection to the Runtime API, on the bare socket: `http.client` takes 20 ms to import."""

import _socket

# Where every sandbox of its own network has the Runtime API, and the abstract name at which it listens there, too:
# by it an event costs a third less than by the port. native/launcher/network.h has the same.
ISOLATED_ADDRESS = "127.0.0.1:9001"
SOCKET_NAME = "hearth-runtime"


class RuntimeClient:
    def __init__(self, address):
        self.host, _, port = address.rpartition(":")
        self.port = int(port)
        self.is_isolated = address == ISOLATED_ADDRESS
        self.socket = None
        self.received = b""

    def get(self, path):
        """Headers (lower case) and body of the reply."""
        self._send(self._get(path))
        return self._reply()

    def post(self, path, body, header_lines=""):
        self._send(self._post(path, body, header_lines))
        return self._reply()

    def post_and_get(self, path, body, header_lines, next_path):
        """Posts a result and asks for the next event at once; answers the event."""
        self._send(self._post(path, body, header_lines) + self._get(next_path))
        self._reply()
        return self._reply()

    def _get(self, path):
        return f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode("latin-1")

    def _post(self, path, body, header_lines):
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Content-Length: {len(body)}\r\n{header_lines}\r\n"
        )
        return head.encode("utf-8") + body

    def _send(self, message):
        if self.socket is None:
            self.socket = self._connect()
        self.socket.sendall(message)

    def _connect(self):
        if self.is_isolated and _is_name_here():
            connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
            connection.connect(f"\0{SOCKET_NAME}")
            return connection
        connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        connection.connect((self.host, self.port))
        return connection

    def _reply(self):
        received = self.received
        end = received.find(b"\r\n\r\n")
        while end == -1:
            received += self._receive()
            end = received.find(b"\r\n\r\n")
        headers = {}
        for line in received[:end].decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        start = end + 4
        length = int(headers.get("content-length", "0"))
        if len(received) - start < length:
            chunks = [received]
            missing = length - (len(received) - start)
            while missing > 0:
                chunk = self._receive()
                chunks.append(chunk)
                missing -= len(chunk)
            received = b"".join(chunks)
        self.received = received[start + length :]
        return headers, received[start : start + length]

    def _receive(self):
        chunk = self.socket.recv(262144)
        if not chunk:
            raise ConnectionError("the Runtime API closed the connection")
        return chunk


def _is_name_here():
    """Whether somebody listens at the name in this network: in an OCI runtime's own nobody does, nor where it was
    used up. Asked with each connection, as a zygote's network is not its forks'."""
    try:
        with open("/proc/net/unix", encoding="latin-1") as sockets:
            # The fourth word of a line says whether the socket listens.
            words = [line.split() for line in sockets]
            return any(w[-1] == f"@{SOCKET_NAME}" and w[3] == "00010000" for w in words)
    except OSError:
        return False
