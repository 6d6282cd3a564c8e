"""One caller's connection: how long it may keep the server waiting, and whether there is room for its request."""

import asyncio
import select
from collections.abc import Sequence
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from paved_road.contracts import refusals
from paved_road.contracts.refusals import Kind
from paved_road.serving import problems

PREDICT = "/v1/predict"
MOST_PIPELINED = 64
"""Requests that may wait behind the one that is being answered; clients send one, and load generators a few."""
LATE = "paved_road.late"
"""Key in the state of a request: its body did not arrive within so many seconds."""
AT_ONCE = "paved_road.at_once"
"""Extension of ASGI: a function that takes headers and body of a 200, and says whether it has sent them."""


class Connection(HttpToolsProtocol):
    """uvicorn's, with what it leaves open: a limit to waiting for a request, and to requests under way.

    The application is a `paved_road.serving.app.Service`.
    """

    _due: float | None = None
    _begun = False  # a request's head, and not ended it
    _stuck: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._due = self.loop.time() + self.app.request_seconds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._due, self._begun = self.loop.time() + self.app.request_seconds, True

    def on_headers_complete(self) -> None:
        self._begun = False
        if len(self.pipeline) >= MOST_PIPELINED:
            # uvicorn would read on and on: each answer makes room for thousands of requests more.
            self.transport.abort()
            raise ConnectionAbortedError
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._due = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.time() + self.app.request_seconds

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stuck = None

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if cycle.scope["path"] == PREDICT:
            app = self.app.admit()
            cycle.scope["extensions"] = {AT_ONCE: partial(self._send_at_once, cycle)}
        super()._start_asgi_task(cycle, app)

    def _send_at_once(self, cycle: Any, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Head and body in one write; ASGI's two messages are two system calls and two packets, a tenth of a request.

        Args:
            cycle: of the request.
            headers: none of which may break a line, or close the connection.
            body: of the answer.
        """
        if self.flow.write_paused or cycle.disconnected or not cycle.keep_alive or self.app.stopping:
            return False  # what is rare is left to uvicorn
        head = b"".join([b"%s: %s\r\n" % header for header in (*cycle.default_headers, *headers)])
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"%s%s\r\n%s" % (STATUS_LINE[200], head, body))
        cycle.message_event.set()
        cycle.on_response()
        return True

    def expire(self, now: float) -> None:
        """Part with a caller who sends, or takes, nothing for too long.

        Args:
            now: the loop's time.
        """
        answering = self.cycle is not None and not self.cycle.response_complete
        if self._stuck is not None and now > self._stuck:
            self.transport.abort()
        elif self._due is None:
            if not answering and self.timeout_keep_alive_task is None:  # a byte or two stopped uvicorn's own clock
                self._due = now + self.app.request_seconds
        elif now > self._due:
            self._late(answering)

    def _late(self, answering: bool) -> None:
        if not answering:
            if self._begun:
                self._refuse(refusals.TOO_SLOW, refusals.too_slow(self.app.request_seconds))
            self.transport.close()
        elif self.cycle.more_body:
            self.cycle.scope["state"][LATE], self.cycle.keep_alive = self.app.request_seconds, False
            self.cycle.message_event.set()

    def send_400_response(self, msg: str) -> None:
        self._refuse(refusals.NOT_HTTP, "the request is not HTTP/1.1")
        self.transport.close()

    def _refuse(self, kind: Kind, detail: str) -> None:
        """Answer what never became a request."""
        if self.transport.is_closing():
            return
        body = problems.document(problems.Refusal(kind, detail))
        head = b"content-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[kind.status] + head % (refusals.MEDIA_TYPE.encode(), len(body)) + body)
        self.app.refused(kind)

    def shutdown(self) -> None:
        # What has been sent and not been read yet is a request too; its answer will close the connection.
        if not self._unread():
            super().shutdown()

    def _unread(self) -> bool:
        if not hasattr(select, "poll"):  # Windows
            return False
        sent = select.poll()
        sent.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return any(event & select.POLLIN and not event & select.POLLHUP for _, event in sent.poll(0))
