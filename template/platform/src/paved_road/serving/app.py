"""The HTTP service: predictions, probes, metrics and the API's own description."""

import asyncio
import itertools
import logging
import re
import secrets
import time
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from paved_road.contracts import api, refusals
from paved_road.handoff.manifest import Manifest
from paved_road.serving import metrics, predict, problems
from paved_road.serving.model import Model, version
from paved_road.serving.problems import Refusal

PREDICT = "/v1/predict"

_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


class Service:
    """An ASGI application that answers for one handoff.

    Attributes:
        model: what answers; until it is set, the service is alive but not ready.
        metrics: what it counts.
    """

    def __init__(self, evidence: Manifest, model: Model | None = None) -> None:
        self.model = model
        self._description = msgspec.json.encode(api.build(evidence.contract.promise))
        self._evidence, self._page = evidence, b""
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
        self._process, self._count = secrets.token_hex(8).encode(), itertools.count(1)
        self._version = (b"x-model-version", version(evidence).encode())
        self.metrics = metrics.Metrics(evidence, version(evidence), {route.path for route in routes})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with its id and the model's version in the headers, and count it."""
        if scope["type"] != "http":
            return await self._routed(scope, receive, send)
        started, status = time.perf_counter(), 0
        more = [(b"x-request-id", self._request_id(scope)), self._version]

        async def send_more(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await self._answer(scope, receive, send_more)
        except Exception as error:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if not status:
                await (await _failed(Request(scope), error))(scope, receive, send_more)
        self.metrics.request(scope["path"], scope["method"], status, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Predictions go past the router, whose price for a single record is that of the model.
        if self.model is None or scope["path"] != PREDICT or scope["method"] != "POST":
            return await self._routed(scope, receive, send)
        try:
            self.metrics.predicted(await predict.answer(self.model, scope, receive, send))
        except Refusal as error:
            await (await _refused(Request(scope), error))(scope, receive, send)

    def _request_id(self, scope: Scope) -> bytes:
        """The caller's id, if it is one that can be logged and sent back; else a new one."""
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                return bytes(value)
        return b"%s-%x" % (self._process, next(self._count))

    async def _not_ready(self, request: Request) -> Response:
        raise Refusal(503, refusals.NOT_READY)

    async def _healthz(self, request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readyz(self, request: Request) -> Response:
        return PlainTextResponse("ready\n") if self.model else await self._not_ready(request)

    async def _metrics(self, request: Request) -> Response:
        return Response(self.metrics.render(), headers={"content-type": metrics.MEDIA_TYPE})

    async def _openapi(self, request: Request) -> Response:
        return Response(self._description, media_type="application/json")

    async def _docs(self, request: Request) -> Response:
        # Drawn once, and when first asked for: a start need not wait for what only people read.
        self._page = self._page or await asyncio.to_thread(_page, self._evidence)
        return Response(self._page, media_type="text/html", headers=_PAGE_HEADERS)


def _page(evidence: Manifest) -> bytes:
    from paved_road.serving.docs import page

    return page.render(evidence, version(evidence))


async def _refused(request: Request, error: Refusal) -> Response:
    if error.status == 500:
        _log.error("%s", error.detail)
    return _problem(error)


async def _http_error(request: Request, error: HTTPException) -> Response:
    response = _problem(Refusal(error.status_code, f"there is no {request.method} {request.url.path}"))
    response.headers.update(error.headers or {})
    return response


async def _failed(request: Request, error: Exception) -> Response:
    return _problem(Refusal(500, refusals.FAILED))


def _problem(refusal: Refusal) -> Response:
    return Response(problems.document(refusal), refusal.status, media_type=refusals.MEDIA_TYPE)
