"""Length-prefixed messages over a socket, with deadline and size limit against hostile peers."""

import socket
import struct
import time

LENGTH = struct.Struct("<Q")
PIECE = 2**18  # bytes per recv: memory grows with what arrives, not with what is announced


class TooLong(Exception):
    """The peer announced a message longer than the limit."""


class Channel:
    """One end of a connection that carries whole messages, each a byte string."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """Send one message. Raises TimeoutError after `seconds`, OSError if the peer is gone."""
        self.end.settimeout(seconds)
        self.end.sendall(LENGTH.pack(len(message)) + message)

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Return the peer's next message of at most `most` bytes.

        `seconds` sets a deadline for the whole message: sending it byte by byte gains no time.
        Raises TimeoutError, TooLong before it allocates anything, EOFError if the peer is gone.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        if length > most:
            raise TooLong(f"a message of {length} bytes, where {most} are the most")
        return self._exactly(length, deadline)

    def close(self) -> None:
        self.end.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        arrived = bytearray()
        while len(arrived) < count:
            self.end.settimeout(_left(deadline))
            piece = self.end.recv(min(PIECE, count - len(arrived)))
            if not piece:
                raise EOFError
            arrived += piece
        return bytes(arrived)


def channel_pair() -> tuple[Channel, Channel]:
    """Return the two ends of a new connection."""
    ours, theirs = socket.socketpair()
    return Channel(ours), Channel(theirs)


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
