"""Loads for a server: closed (each client waits for its answer) and open (requests come whether or not it keeps up)."""

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, NamedTuple

from paved_road.findings import problem

_REQUEST = (
    b"POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
)


class Answered(NamedTuple):
    """What a load saw.

    Attributes:
        latencies: of each request, seconds.
        seconds: how long the load lasted.
    """

    latencies: list[float]
    seconds: float


def closed(
    port: int, bodies: Sequence[bytes], concurrency: int, *, seconds: float = 1e9, most: int = 10**9
) -> Answered:
    """Each of `concurrency` clients sends its next request once the last is answered.

    Args:
        port: of the server on this machine.
        bodies: requests, sent in turn.
        concurrency: number of clients.
        seconds: when to stop, at the latest.
        most: requests of each client after which to stop.

    Raises:
        Problem: if the server refuses a request.
    """
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def client(position: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(most):
            begun = time.perf_counter()
            if begun >= until:
                break
            await _ask(reader, writer, bodies[(position + number * concurrency) % len(bodies)])
            latencies.append(time.perf_counter() - begun)
        writer.close()
        await writer.wait_closed()

    return _run(latencies, [client(position) for position in range(concurrency)])


def opened(port: int, bodies: Sequence[bytes], connections: int, *, rate: float, requests: int) -> Answered:
    """Requests at an even rate; each latency counts from when its request was due, so that a stall is not overlooked.

    Args:
        port: of the server on this machine.
        bodies: requests, sent in turn.
        connections: requests under way at once, at most; what is due while all are busy waits, and its wait counts.
        rate: requests per second.
        requests: how many.

    Raises:
        Problem: if the server refuses a request.
    """
    latencies: list[float] = []
    due = iter(range(requests))

    async def client(started: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in due:
            at = started + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            await _ask(reader, writer, bodies[number % len(bodies)])
            latencies.append(time.perf_counter() - at)
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter() + 0.05
    return _run(latencies, [client(started) for _ in range(connections)])


def _run(latencies: list[float], clients: Iterable[Coroutine[Any, Any, None]]) -> Answered:
    async def everyone() -> None:
        await asyncio.gather(*clients)

    begun = time.perf_counter()
    asyncio.run(everyone())
    return Answered(latencies, time.perf_counter() - begun)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_REQUEST % len(body) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    answer = await reader.readexactly(length)
    if b" 200 " not in head[:16]:
        fact = f"the server refused a golden row: {answer.decode(errors='replace')[:300]} for {body.decode()[:200]}"
        raise problem("RESOURCES002", fact, "golden rows must keep the inputs of contracts/model.yml")
