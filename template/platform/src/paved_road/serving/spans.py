"""A span for every prediction, if OpenTelemetry's own variables ask for it; without them nothing is imported."""

import time
from collections.abc import Mapping
from typing import Any

from paved_road.serving.logs import Log

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_EXPORTERS = ("otlp", "console", "none")


def wanted(variables: Mapping[str, str]) -> str:
    """The exporter that the standard variables name; none unless they name one, or an endpoint."""
    if variables.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return "none"
    otherwise = "otlp" if any(variables.get(name) for name in _ENDPOINTS) else "none"
    return variables.get("OTEL_TRACES_EXPORTER", "").strip() or otherwise


def start(variables: Mapping[str, str], name: str, log: Log) -> "Spans | None":
    """What notes requests as spans; nothing if nobody asks, or it is not installed, which the log says.

    Args:
        variables: of the environment.
        name: of the service, unless a variable says another.
        log: where to say what is missing.
    """
    exporter = wanted(variables)
    if exporter == "none":
        return None
    if exporter not in _EXPORTERS:
        why = f"OTEL_TRACES_EXPORTER is {exporter!r}, and only {', '.join(_EXPORTERS)} are known"
        log.event("no traces", "warning", why=why)
        return None
    try:
        return Spans(exporter, name, "OTEL_SERVICE_NAME" in variables)
    except ImportError as error:
        remedy = "install paved-road[traces]; an image has it if serving-extras names it"
        why = f"OpenTelemetry is asked for and not installed ({error.name}): {remedy}"
        log.event("no traces", "warning", why=why)
        return None


class Spans:
    """Sends a span for each request, in a thread of its own."""

    def __init__(self, exporter: str, name: str, named_already: bool) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        if exporter == "otlp":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            send: Any = OTLPSpanExporter()
        else:
            send = ConsoleSpanExporter()
        # The standard variables may name it otherwise: they are read where no name is given.
        named = {} if named_already else {"service.name": name}
        self._provider = TracerProvider(resource=Resource.create(named))
        self._provider.add_span_processor(BatchSpanProcessor(send))
        self._tracer = self._provider.get_tracer("paved_road")
        self._extract = TraceContextTextMapPropagator().extract
        self._kind, self._failed = SpanKind.SERVER, Status(StatusCode.ERROR)

    def __call__(self, headers: Mapping[bytes, bytes], status: int, seconds: float, attributes: dict[str, Any]) -> None:
        """Note a request that was answered.

        Args:
            headers: of the request; they say which trace it is part of.
            status: of the answer.
            seconds: that it took; it ended now.
            attributes: of the span.
        """
        carrier = {
            name.decode(): headers[name].decode("latin-1")
            for name in (b"traceparent", b"tracestate")
            if name in headers
        }
        ended = time.time_ns()
        span = self._tracer.start_span(
            "POST /v1/predict",
            self._extract(carrier),
            self._kind,
            {
                "http.request.method": "POST",
                "http.route": "/v1/predict",
                "http.response.status_code": status,
                **attributes,
            },
            start_time=ended - int(seconds * 1e9),
        )
        if status >= 500:
            span.set_status(self._failed)
        span.end(ended)

    def close(self) -> None:
        """Send what is waiting."""
        self._provider.shutdown()
