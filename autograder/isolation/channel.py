"""Length-prefixed messages over a socket, with deadline and size limit against hostile peers."""

import socket
import struct

from .deadline import Deadline

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

    def receive(self, most: int, deadline: Deadline | None = None) -> bytes:
        """Return the peer's next message of at most `most` bytes.

        The deadline is for the whole message: sending it byte by byte gains no time.
        Raises TimeoutError, TooLong before it allocates anything, EOFError if the peer is gone.
        """
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        if length > most:
            raise TooLong(f"a message of {length} bytes, where {most} are the most")
        return self._exactly(length, deadline)

    def close(self) -> None:
        self.end.close()

    def _exactly(self, count: int, deadline: Deadline | None) -> bytes:
        arrived = bytearray()
        while len(arrived) < count:
            self.end.settimeout(deadline.left() if deadline else None)
            try:
                piece = self.end.recv(min(PIECE, count - len(arrived)))
            except TimeoutError:
                continue  # the deadline itself says whether it is over
            if not piece:
                raise EOFError
            arrived += piece
        return bytes(arrived)


def channel_pair() -> tuple[Channel, Channel]:
    """Return the two ends of a new connection."""
    ours, theirs = socket.socketpair()
    return Channel(ours), Channel(theirs)
