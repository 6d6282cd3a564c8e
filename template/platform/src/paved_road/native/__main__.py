"""The model's process: limits first, libraries next, everything else given away, and only then the model."""

import os
import select
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from paved_road.native import frames, limits
from paved_road.native.order import Loaded, Order

if TYPE_CHECKING:
    from paved_road.native.model import Model

_MOST = 2**40
"""Bytes that the server may send; it is trusted, and memory is limited."""


def main(line: socket.socket) -> None:
    """Load one model, and predict with it until the server hangs up."""
    threading.Thread(target=_end_with, args=[line.fileno()], daemon=True).start()
    order = msgspec.json.decode(frames.receive(line, _MOST), type=Order)
    limits.memory(order.memory)
    try:
        import joblib

        from paved_road.native import model
    except ImportError as error:
        fact = f"the format skops needs packages that are not installed: {error}"
        frames.send(line, msgspec.json.encode(Loaded(refused=fact, code="ARTIFACT006")))
        return
    model.prepare()
    limits.close()
    loaded, built = model.load(frames.receive(line, _MOST), order)
    frames.send(line, msgspec.json.encode(loaded))
    with joblib.parallel_config("sequential"):
        while built:
            frames.send(line, _answer(frames.receive(line, _MOST), built))


def _answer(request: bytes, built: "Model") -> bytes:
    """Figures after a zero, or after another byte why there are none."""
    try:
        return b"\0" + built.predict(*frames.unpack(request)).astype("<f8").tobytes()
    except Exception as error:  # the model is somebody else's, and may raise anything
        return b"\1" + f"{type(error).__name__}: {' '.join(str(error).split())[:300]}".encode()


def _end_with(line: int) -> None:
    """A killed server says nothing, but the system hangs up for it."""
    poll = select.poll()
    poll.register(line, 0)
    poll.poll()
    os._exit(0)


if __name__ == "__main__":
    with suppress(frames.Gone):
        main(socket.socket(fileno=int(sys.argv[1])))
