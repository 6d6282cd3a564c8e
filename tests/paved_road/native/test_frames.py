"""What goes through the pipe comes out as it went in, and nothing comes out of less or more than a frame."""

import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paved_road.native import frames

Pipe = tuple[socket.socket, socket.socket]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@given(
    rows=st.lists(st.tuples(st.floats(), st.floats(), st.text(), st.text()), max_size=20),
    width=st.integers(0, 2),
    count=st.integers(0, 2),
)
def test_inputs_come_out_as_they_went_in(rows: list[tuple[float, float, str, str]], width: int, count: int) -> None:
    numbers = np.array([row[:width] for row in rows], dtype=np.float64).reshape(len(rows), width)
    strings = np.array([row[2 : 2 + count] for row in rows], dtype=object).reshape(len(rows), count)

    received = frames.unpack(frames.pack(numbers, strings))

    np.testing.assert_array_equal(received[0], numbers)
    assert received[1].tolist() == strings.tolist()
    assert received[1].shape == strings.shape


def test_a_frame_of_more_than_was_asked_for_is_not_read(pipe: Pipe) -> None:
    pipe[0].sendall(struct.pack("<Q", 2**40))

    with pytest.raises(frames.Gone, match="said 1,099,511,627,776 bytes where at most 8 were asked for"):
        frames.receive(pipe[1], 8, 1)


def test_a_frame_that_is_cut_off_is_none(pipe: Pipe) -> None:
    pipe[0].sendall(struct.pack("<Q", 8) + b"1234")
    pipe[0].close()

    with pytest.raises(frames.Gone, match="ended"):
        frames.receive(pipe[1], 8, 1)


def test_a_frame_that_comes_drop_by_drop_does_not_buy_time(pipe: Pipe) -> None:
    pipe[0].sendall(struct.pack("<Q", 8) + b"1234")

    with pytest.raises(frames.Gone, match="did not answer in time"):
        frames.receive(pipe[1], 8, 0.05)


def test_who_does_not_listen_holds_nobody_up(pipe: Pipe) -> None:
    with pytest.raises(frames.Gone, match="did not answer in time"):
        frames.send(pipe[0], bytes(2**24), 0.05)
