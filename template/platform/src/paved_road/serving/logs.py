"""A JSON line an event, without payloads, written by a thread: no full disk and no slow reader holds up an answer."""

import logging
import os
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from paved_road.contracts.refusals import SERVER_FAILED

MOST_WAITING = 5000
"""Lines kept for a slow reader; more are dropped, and counted."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What a cluster and Prometheus ask every few seconds: only a refusal of it says anything."""
_GATHER_SECONDS = 0.05
_GOODBYE_SECONDS = 2.0
_REFUSED = 400
"""The first status that is one."""
_STDERR = 2
_ENCODE = msgspec.json.Encoder().encode


class Answered(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", tag="request"):
    """The line of a request; nothing in it was part of the payload."""

    time: datetime
    level: str
    request_id: str
    method: str
    route: str
    status: int
    ms: float
    version: str
    records: int | None = None
    code: str | None = None
    trace_id: str | None = None


class Log:
    """Lines on their way to a file descriptor.

    Attributes:
        dropped: lines that nobody could take.
    """

    def __init__(self, requests: Literal["all", "errors", "none"] = "all", stream: int = _STDERR) -> None:
        self._least = {"all": 0, "errors": _REFUSED, "none": 1000}[requests]
        self._stream = stream
        self._waiting: deque[bytes] = deque()
        self._wake, self._ended, self._broken = threading.Event(), False, False
        self._thread = threading.Thread(target=self._write_on, name="log", daemon=True)
        self.dropped = 0

    def wants(self, path: str, status: int) -> bool:
        """Whether a request for this path that was answered with this status gets a line."""
        return status >= self._least and (status >= _REFUSED or path not in PROBES)

    def request(self, status: int, seconds: float, request_id: bytes, method: str, route: str, **more: Any) -> None:
        """A request was answered.

        Args:
            status: of the answer.
            seconds: that it took.
            request_id: of the request.
            method: of the request.
            route: that was asked, not the path as it was written.
            more: other fields of `Answered`.
        """
        level = "info" if status < _REFUSED else "error" if status == SERVER_FAILED.status else "warning"
        name, ms = request_id.decode(), round(seconds * 1000, 3)
        self._put(Answered(datetime.now(UTC), level, name, method, route, status, ms, **more))

    def event(self, name: str, level: str = "info", **facts: Any) -> None:
        """Something happened that is no request."""
        self._put({"time": datetime.now(UTC), "level": level, "event": name, **facts})

    def close(self) -> None:
        """Write what is waiting, unless nobody takes it."""
        self._ended = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_GOODBYE_SECONDS)

    def _put(self, line: Any) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(_ENCODE(line))  # here: all at once, the thread would hold up a hundredth of the answers
        if not self._wake.is_set():
            self._wake.set()
            if not self._thread.is_alive():
                self._start()

    def _start(self) -> None:
        try:
            self._thread.start()
        except RuntimeError:  # it has ended with the log
            self.dropped += 1

    def _write_on(self) -> None:
        while not self._ended:
            self._wake.wait()
            self._wake.clear()
            if not self._ended:
                time.sleep(_GATHER_SECONDS)  # one write for all that came meanwhile
            self._write()

    def _write(self) -> None:
        lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
        text = memoryview((b"\n" if self._broken else b"") + b"\n".join([*lines, b""]))
        self._broken = False
        try:
            while text:
                text = text[os.write(self._stream, text) :]
        except OSError:
            # Which of them are lost is not known; a line may be half written.
            self.dropped, self._broken = self.dropped + len(lines), True


class Handler(logging.Handler):
    """Takes what libraries log; of an error its type and place, for its message may hold what a caller sent."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        facts: dict[str, Any] = {"logger": record.name, "message": record.getMessage().strip()}
        if record.exc_info and record.exc_info[1]:
            facts |= describe(record.exc_info[1])
        self._log.event("log", record.levelname.lower(), **facts)


def describe(error: BaseException) -> dict[str, Any]:
    """An error's type, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
