"""The HTTP service: predictions, probes, metrics and the API's own description."""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Any

from prometheus_client.core import Metric
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paved_road.contracts import limits, refusals
from paved_road.contracts.refusals import Kind
from paved_road.handoff.manifest import Manifest
from paved_road.serving import identity, metrics, predict, problems
from paved_road.serving.batching import Batcher
from paved_road.serving.connection import PREDICT
from paved_road.serving.exposition import Exposition, render
from paved_road.serving.logs import Log, describe
from paved_road.serving.model import Answer, Model
from paved_road.serving.problems import Refusal
from paved_road.serving.release import Release
from paved_road.serving.spans import Spans

_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
_CLOSE = (b"connection", b"close")
_REFUSED, _FULL = "paved_road.refused", "paved_road.full"


class Service:
    """An ASGI application that answers for one handoff at a time.

    Attributes:
        release: what answers; as long as it has no model, the service is alive but not ready.
        exposition: what it counts, of every version that has answered.
        collect: gives what ``/metrics`` shows: what it counts, or what several processes do together.
        told: called with each request that was predicted, once it was answered: the release, the request's id, its
            body, and what was answered.
        trace: notes predictions as spans.
        stopping: whether it was told to stop; it still answers, and asks every caller to leave.
        request_seconds: how long a request may take to arrive.
    """

    def __init__(
        self,
        evidence: Manifest,
        model: Model | None = None,
        log: Log | None = None,
        request_seconds: float = limits.REQUEST_SECONDS,
    ) -> None:
        self.stopping, self.request_seconds = False, request_seconds
        self._under_way, self._page = 0, ("", b"")
        routes = [
            Route(PREDICT, self._not_ready, methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
            Route("/openapi.json", self._openapi),
            Route("/docs", self._docs),
        ]
        handlers: Any = {Refusal: _refused, HTTPException: _http_error, Exception: _failed}
        self._routed = Starlette(routes=routes, exception_handlers=handlers)
        self._routed.router.redirect_slashes = False
        self._routes = {route.path for route in routes}
        self._log = log or Log("none")
        # More threads than cores would only take turns.
        cores = ceil(evidence.contract.promise.resources.cpu_cores)
        self._threads = ThreadPoolExecutor(cores, thread_name_prefix="predict")
        self.exposition = Exposition(self._routes, lambda: self._under_way, lambda: self._log.dropped)
        self.collect: Callable[[], Iterable[Metric]] = self.exposition.collect
        self.told: list[Callable[[Release, bytes, bytes, Answer], None]] = []
        self.trace: Spans | None = None
        self.release = Release(evidence, model, self.exposition.of(evidence), self._threads)

    @property
    def metrics(self) -> metrics.Metrics:
        """Counts of the version that answers."""
        return self.release.metrics

    def switch(self, evidence: Manifest, model: Model) -> None:
        """Answer with another version from the next request on; those under way keep the one they began with."""
        self.release = Release(evidence, model, self.exposition.of(evidence), self._threads)

    def admit(self) -> ASGIApp:
        """What answers a prediction that arrives now: this service, or its refusal if too many are under way."""
        if self._under_way >= self.release.most:
            return self._overloaded
        self._under_way += 1
        return self._admitted

    def refused(self, kind: Kind) -> None:
        """Count what was refused."""
        self.metrics.refusal(kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with its id and the model's version in the headers; count it, and log it."""
        if scope["type"] != "http":
            return await self._routed(scope, receive, send)
        started, status, release = time.perf_counter(), 0, self.release
        headers = identity.settled(dict(scope["headers"]))
        more = [(b"x-request-id", headers[b"x-request-id"]), release.header]
        if b"traceparent" in headers:
            more.append((b"traceparent", headers[b"traceparent"]))
        if self.stopping:
            more.append(_CLOSE)

        async def send_more(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        given = None
        try:
            if release.batcher is not None and scope["path"] == PREDICT and scope["method"] == "POST":
                # Past the router, and the wrapper of `send`, whose price for a single record is that of the model.
                body, given = await self._predict(release.batcher, headers, scope, receive, send, more)
                status = 200
                for tell in self.told:
                    tell(release, headers[b"x-request-id"], body, given)
            else:
                await self._routed(scope, receive, send_more)
        except Refusal as error:
            await (await _refused(Request(scope), error))(scope, receive, send_more)
        except Exception as error:
            name = headers[b"x-request-id"].decode()
            self._log.event("failed", "error", request_id=name, version=release.version, **describe(error))
            if not status:
                await (await _failed(Request(scope), error))(scope, receive, send_more)
        self._note(release, scope, headers, status, time.perf_counter() - started, given)

    def _note(
        self,
        release: Release,
        scope: Scope,
        headers: dict[bytes, bytes],
        status: int,
        seconds: float,
        given: Answer | None,
    ) -> None:
        """Count a request that was answered; log it and trace it, if that is wanted."""
        release.metrics.request(scope["path"], scope["method"], status, seconds)
        records, code = None, None
        if given is not None:
            release.metrics.predicted(given.predicted)
            records = len(given.predicted.raw)
        if (refusal := scope.get(_REFUSED)) is not None:
            release.metrics.refusal(refusal)
            code = refusal.code
        if self._log.wants(scope["path"], status):
            self._log.request(
                status,
                seconds,
                headers[b"x-request-id"],
                scope["method"],
                self._route(scope),
                version=release.version,
                records=records,
                code=code,
                trace_id=identity.trace_id(headers),
            )
        if self.trace is not None and scope["path"] == PREDICT:
            self.trace(headers, status, seconds, {"model.version": release.version, "model.records": records or 0})

    def _route(self, scope: Scope) -> str:
        return scope["path"] if scope["path"] in self._routes else "other"

    async def _predict(
        self,
        batcher: Batcher,
        headers: dict[bytes, bytes],
        scope: Scope,
        receive: Receive,
        send: Send,
        more: list[predict.Header],
    ) -> tuple[bytes, Answer]:
        """Answer a prediction; gives what was asked, too."""
        if _FULL in scope:
            raise Refusal(refusals.OVERLOADED, refusals.overloaded(scope[_FULL]))
        body = await predict.read(scope, headers, receive, batcher.max_bytes)
        given = await batcher.answer(body, alone=self._under_way <= 1)
        await predict.reply(given.body, scope, send, more)
        return body, given

    async def _admitted(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self(scope, receive, send)
        finally:
            self._under_way -= 1

    async def _overloaded(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_FULL] = self.release.most
        await self(scope, receive, send)

    async def _not_ready(self, request: Request) -> Response:
        raise Refusal(refusals.UNREADY, refusals.NOT_READY)

    async def _healthz(self, request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readyz(self, request: Request) -> Response:
        ready = self.release.batcher is not None and not self.stopping
        return PlainTextResponse("ready\n") if ready else await self._not_ready(request)

    async def _metrics(self, request: Request) -> Response:
        return Response(render(self.collect()), headers={"content-type": metrics.MEDIA_TYPE})

    async def _openapi(self, request: Request) -> Response:
        return Response(self.release.description, media_type="application/json")

    async def _docs(self, request: Request) -> Response:
        # Drawn once, and when first asked for: a start need not wait for what only people read.
        release = self.release
        if self._page[0] != release.evidence.seal:
            self._page = release.evidence.seal, await asyncio.to_thread(_draw, release)
        return Response(self._page[1], media_type="text/html", headers=_PAGE_HEADERS)


def _draw(release: Release) -> bytes:
    from paved_road.serving.docs import page

    return page.render(release.evidence, release.version)


async def _refused(request: Request, error: Refusal) -> Response:
    request.scope[_REFUSED] = error.kind
    return Response(problems.document(error), error.status, error.headers, media_type=refusals.MEDIA_TYPE)


async def _http_error(request: Request, error: HTTPException) -> Response:
    kind = refusals.NO_SUCH_METHOD if error.status_code == 405 else refusals.NO_SUCH_PATH
    response = await _refused(request, Refusal(kind, f"there is no {request.method} {request.url.path}"))
    response.headers.update(error.headers or {})
    return response


async def _failed(request: Request, error: Exception) -> Response:
    return await _refused(request, Refusal(refusals.SERVER_FAILED, refusals.FAILED))
