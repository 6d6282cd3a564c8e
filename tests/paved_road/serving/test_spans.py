"""Traces, if OpenTelemetry's own variables ask for them; where it is not installed, the log says so."""

import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from paved_road.serving import spans
from paved_road.serving.logs import Log
from traffic import running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Something that takes traces: its address, and what it was sent."""
    taken: list[tuple[str, bytes]] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", taken
        server.shutdown()


def test_a_prediction_becomes_a_span_in_its_callers_trace(
    handoff: Path, tmp_path: Path, collector: tuple[str, list[tuple[str, bytes]]]
) -> None:
    address, taken = collector
    with running(handoff, tmp_path / "log", OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_SERVICE_NAME="fraud") as server:
        server.ask(traceparent=f"00-{TRACE}-{PARENT}-01")
        server.ask("/healthz")
        server.process.terminate()
        assert server.process.wait(60) == 0

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    ((path, body),) = taken
    (found,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (span,) = found.scope_spans[0].spans
    said = {attribute.key: attribute.value for attribute in span.attributes}
    assert path == "/v1/traces"
    assert "fraud" in str(found.resource.attributes)
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert (said["http.response.status_code"].int_value, said["model.records"].int_value) == (200, 1)
    assert said["model.version"].string_value.startswith("1.2.0+")
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60e9


def test_a_collector_that_is_down_costs_no_answer(handoff: Path, tmp_path: Path) -> None:
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    with running(handoff, tmp_path / "log", **variables) as server:
        assert [server.ask()[0] for _ in range(20)] == [200] * 20
        server.process.terminate()
        assert server.process.wait(60) == 0


def test_what_is_not_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    log = Log("none", os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY))

    started = spans.start({"OTEL_TRACES_EXPORTER": "otlp"}, "model", log)

    log.close()
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert started is None
    assert "install paved-road[traces]" in json.loads(line)["why"]


@pytest.mark.parametrize(
    ("variables", "exporter"),
    [
        ({}, "none"),
        ({"OTEL_SERVICE_NAME": "x"}, "none"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, "none"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "True"}, "none"),
    ],
)
def test_the_standard_variables_decide(variables: dict[str, str], exporter: str) -> None:
    assert spans.wanted(variables) == exporter


def test_an_exporter_that_is_not_known_is_said(tmp_path: Path) -> None:
    log = Log("none", os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY))

    started = spans.start({"OTEL_TRACES_EXPORTER": "zipkin"}, "model", log)

    log.close()
    assert started is None
    assert "only otlp, console, none are known" in (tmp_path / "log").read_text()
