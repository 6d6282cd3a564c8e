"""What a server and its model's process say to each other: a length, and as many bytes. Never a pickle."""

import socket
import struct
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LENGTH = struct.Struct("<Q")
_SHAPE = struct.Struct("<QQQ")
_BLOCK = 2**20


class Gone(Exception):
    """The other side ended, does not answer in time, or says what it must not say."""


def send(line: socket.socket, content: bytes, patience: float | None = None) -> None:
    """Send a frame.

    Raises:
        Gone: the other side does not take it within so many seconds, or ended.
    """
    line.settimeout(patience)
    try:
        line.sendall(_LENGTH.pack(len(content)))
        line.sendall(content)
    except OSError as error:
        raise _gone(error) from error


def receive(line: socket.socket, most: int, patience: float | None = None) -> bytes:
    """Receive a frame.

    Args:
        line: where from.
        most: bytes that it may have.
        patience: seconds in which all of it must have come; None waits for ever.

    Raises:
        Gone: it did not come, or is longer.
    """
    until = None if patience is None else time.monotonic() + patience
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size, until))
    if length > most:
        raise Gone(f"said {length:,} bytes where at most {most:,} were asked for")
    return _exactly(line, length, until)


def _exactly(line: socket.socket, length: int, until: float | None) -> bytes:
    content = bytearray()
    while len(content) < length:
        try:
            line.settimeout(None if until is None else max(until - time.monotonic(), 1e-3))
            part = line.recv(min(length - len(content), _BLOCK))
        except OSError as error:
            raise _gone(error) from error
        if not part:
            raise Gone("ended")
        content += part
    return bytes(content)


def _gone(error: OSError) -> Gone:
    return Gone("did not answer in time" if isinstance(error, TimeoutError) else "ended")


def pack(numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> bytes:
    """Inputs as bytes: the shape, the numbers, the lengths of the strings, the strings.

    Args:
        numbers: shape (rows, numbers).
        strings: shape (rows, strings).
    """
    texts = [text.encode(errors="surrogatepass") for text in strings.ravel().tolist()]
    lengths = np.fromiter(map(len, texts), dtype="<u8", count=len(texts))
    shape = _SHAPE.pack(len(numbers), numbers.shape[1], strings.shape[1])
    return b"".join([shape, numbers.astype("<f8", copy=False).tobytes(), lengths.tobytes(), *texts])


def unpack(content: bytes) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """What `pack` packed."""
    rows, width, count = _SHAPE.unpack_from(content)
    at = _SHAPE.size
    numbers = np.frombuffer(content, dtype="<f8", count=rows * width, offset=at).reshape(rows, width)
    at += numbers.nbytes
    lengths = np.frombuffer(content, dtype="<u8", count=rows * count, offset=at)
    at += lengths.nbytes
    strings: NDArray[Any] = np.empty(rows * count, dtype=object)
    for place, length in enumerate(lengths.tolist()):
        strings[place] = content[at : at + length].decode(errors="surrogatepass")
        at += length
    return numbers, strings.reshape(rows, count)
