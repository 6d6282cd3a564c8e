"""A candidate predicts beside the champion, in a process of its own: it can neither delay nor fail an answer."""

import asyncio
import contextlib
import math
import os
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, Metric

from paved_road.handoff import manifest
from paved_road.serving import model
from paved_road.serving.logs import Log
from paved_road.serving.problems import Refusal
from paved_road.serving.shared import Shared

SOCKET = "shadow"
MOST_WAITING = 8 * 2**20
"""Bytes that wait for the candidate; what comes while it is behind by more is left out, and counted."""

_RETRY_SECONDS = 1.0
_FRAME = struct.Struct(">III")
_NICE = 10


class Sender:
    """The champion's side: hands on what was answered, and never waits.

    Attributes:
        sent: requests handed on.
        dropped: requests left out, because the candidate was not there or too far behind.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOCKET
        self._writer: asyncio.StreamWriter | None = None
        self.sent = self.dropped = 0

    async def keep_connected(self) -> None:
        """Find the candidate, and find it again when it was gone."""
        while True:
            with contextlib.suppress(OSError):
                reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                await reader.read()
            self._writer = None
            await asyncio.sleep(_RETRY_SECONDS)

    def send(self, version: str, body: bytes, answer: bytes) -> None:
        """Hand a request on.

        Args:
            version: that answered.
            body: of the request.
            answer: of the champion.
        """
        writer = self._writer
        if writer is None or writer.is_closing() or writer.transport.get_write_buffer_size() > MOST_WAITING:
            self.dropped += 1
            return
        champion = version.encode()
        writer.write(_FRAME.pack(len(champion), len(body), len(answer)) + champion + body + answer)
        self.sent += 1

    def collect(self) -> Iterator[Metric]:
        """What was handed on, and what was not."""
        said = "Requests handed to the candidate, or left out because it was behind."
        family = CounterMetricFamily("shadow_requests_offered", said, labels=["result"])
        family.add_metric(["sent"], self.sent)
        family.add_metric(["dropped"], self.dropped)
        yield family


class Candidate:
    """The candidate's side: predicts what the champion has answered, and counts the differences."""

    def __init__(self, folder: Path, key: Path | None) -> None:
        """Load the candidate.

        Raises:
            Problem: it does not hold.
        """
        self._folder, self._key = folder, key
        self.registry = prometheus.CollectorRegistry()
        self._requests = self._counter(
            "requests", "Requests that the candidate predicted too, by what came of it.", "result"
        )
        self._records = self._counter("records", "Records that both predicted.")
        self._differences = self._counter("differences", "Records of which the two say something else.", "output")
        self._distance = self._counter("distance", "Sum of the differences of a figure, without their signs.", "output")
        self.load()

    def load(self) -> None:
        """Take what the folder now holds.

        Raises:
            Problem: it does not hold; the former candidate stays.
        """
        folder = self._folder.resolve()
        evidence = manifest.load(folder)
        self._model, self.version = model.load(folder, evidence, self._key), evidence.version

    def compare(self, champion: str, body: bytes, answer: bytes) -> None:
        """Predict a request, and count what differs from the champion's answer."""
        labels = {"champion": champion, "candidate": self.version}
        try:
            mine = self._model.answer(body).body
        except Refusal:
            self._requests.labels(**labels, result="refused").inc()
            return
        except Exception:
            self._requests.labels(**labels, result="failed").inc()
            return
        differs = self._count(labels, _rows(answer), _rows(mine))
        self._requests.labels(**labels, result="different" if differs else "same").inc()

    def _count(self, labels: dict[str, str], theirs: list[Any], mine: list[Any]) -> bool:
        self._records.labels(**labels).inc(len(theirs))
        differs = False
        for one, other in zip(theirs, mine, strict=True):
            for name in one:
                if _same(one[name], other.get(name)):
                    continue
                differs = True
                self._differences.labels(**labels, output=name).inc()
                if isinstance(one[name], float) and isinstance(other.get(name), float):
                    self._distance.labels(**labels, output=name).inc(abs(one[name] - other[name]))
        return differs

    def _counter(self, name: str, said: str, *more: str) -> prometheus.Counter:
        return prometheus.Counter(f"shadow_{name}", said, ["champion", "candidate", *more], registry=self.registry)


def run(folder: Path, key: Path | None, shared: Path, log: Log, ready: Callable[[], None]) -> None:
    """Predict beside the champions that count in a folder, until told to stop.

    Args:
        folder: handoff folder of the candidate.
        key: the public key that it must be signed with, if it must.
        shared: folder of the processes that count together.
        log: where to say what happens.
        ready: called once the candidate is loaded.

    Raises:
        Problem: the candidate does not hold.
    """
    prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
    os.nice(_NICE)  # what answers comes first
    candidate = Candidate(folder, key)
    asyncio.run(_serve(candidate, shared, log, ready))


async def _serve(candidate: Candidate, shared: Path, log: Log, ready: Callable[[], None]) -> None:
    loop, stopped, compared = asyncio.get_running_loop(), asyncio.Event(), 0

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal compared
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                lengths = _FRAME.unpack(await reader.readexactly(_FRAME.size))
                champion, body, answer = [await reader.readexactly(length) for length in lengths]
                candidate.compare(champion.decode(), body, answer)
                compared += 1
                await asyncio.sleep(0)
        writer.close()

    def hang_up() -> None:
        try:
            candidate.load()
            log.event("shadow switched", candidate=candidate.version)
        except Exception as error:
            log.event("shadow refused", "error", why=str(error), candidate=candidate.version)

    loop.add_signal_handler(signal.SIGHUP, hang_up)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    (shared / SOCKET).unlink(missing_ok=True)
    counts = Shared(shared, candidate.registry.collect)
    async with await asyncio.start_unix_server(take, str(shared / SOCKET)):
        saving = asyncio.create_task(counts.keep_saving(lambda: compared))
        log.event("shadow", candidate=candidate.version)
        ready()
        await stopped.wait()
    saving.cancel()
    counts.save()


def _rows(answer: bytes) -> list[Any]:
    given = msgspec.json.decode(answer)
    return given if isinstance(given, list) else [given]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return bool(one == other)
