"""The HTTP service: predictions, probes, metrics and the API's own description."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from paved_road.contracts import api
from paved_road.handoff.manifest import Manifest
from paved_road.serving import metrics, problems
from paved_road.serving.model import Model, version
from paved_road.serving.problems import Refusal

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
        routes = [
            Route("/v1/predict", Predict(self), methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
            Route("/openapi.json", self._openapi),
        ]
        handlers: Any = {Refusal: _refused, HTTPException: _http_error, Exception: _crashed}
        self._app = Starlette(routes=routes, exception_handlers=handlers)
        self._app.router.redirect_slashes = False
        self._version = (b"x-model-version", version(evidence).encode())
        self.metrics = metrics.Metrics(evidence, version(evidence), {route.path for route in routes})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with its id and the model's version in the headers, and count it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), 500
        more = [(b"x-request-id", _request_id(scope)), self._version]

        async def send_more(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await self._app(scope, receive, send_more)
        finally:
            self.metrics.request(scope["path"], scope["method"], status, time.perf_counter() - started)

    async def _healthz(self, request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readyz(self, request: Request) -> Response:
        if self.model is None:
            raise _not_ready()
        return PlainTextResponse("ready\n")

    async def _metrics(self, request: Request) -> Response:
        return Response(self.metrics.render(), headers={"content-type": metrics.MEDIA_TYPE})

    async def _openapi(self, request: Request) -> Response:
        return Response(self._description, media_type="application/json")


class Predict:
    """``POST /v1/predict``, as plain ASGI: this is the path that has to be quick."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        model = self._service.model
        if model is None:
            raise _not_ready()
        body = await _read(scope, receive, model.max_bytes)
        if len(body) <= model.inline_bytes:
            answer = model.answer(body)
        else:
            answer = await asyncio.to_thread(model.answer, body)
        self._service.metrics.records(answer.records)
        length = str(len(answer.body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


async def _read(scope: Scope, receive: Receive, most: int) -> bytes:
    """A request's body.

    Raises:
        Refusal: 413 as soon as it is known to be longer than `most` bytes; 499 if the caller hangs up.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > most:
            raise _too_large(most)
    chunks: list[bytes] = []
    length = 0
    while True:
        message: MutableMapping[str, Any] = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(499, "the caller hung up")
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > most:
            raise _too_large(most)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _request_id(scope: Scope) -> bytes:
    """The caller's id, if it is one that can be logged and sent back; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(16).encode()


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"the body is longer than {most} bytes; send fewer records at once")


def _not_ready() -> Refusal:
    return Refusal(503, "the model is being loaded; ask again in a moment")


async def _refused(request: Request, error: Refusal) -> Response:
    if error.status == 500:
        _log.error("%s", error.detail)
    return _problem(problems.document(error.status, error.detail, error.faults), error.status)


async def _http_error(request: Request, error: HTTPException) -> Response:
    detail = f"there is no {request.method} {request.url.path}; see /openapi.json"
    response = _problem(problems.document(error.status_code, detail), error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _crashed(request: Request, error: Exception) -> Response:
    return _problem(problems.document(500, "the server failed; its log says more"), 500)


def _problem(body: bytes, status: int) -> Response:
    return Response(body, status, media_type=problems.MEDIA_TYPE)
