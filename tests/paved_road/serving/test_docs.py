"""`GET /docs`: everything that a caller has to know, on one page that asks nothing of anybody."""

import html
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paved_road.contracts import api, examples
from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Manifest
from paved_road.serving.app import Service
from serving_examples import CLASSIFICATION, REGRESSION, contract, hand_over
from starlette.testclient import TestClient

HOSTILE = """</style><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} ' " & \\"""


def page(service: Service) -> str:
    answer = TestClient(service).get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("promised", [CLASSIFICATION, REGRESSION], ids=["classification", "regression"])
def test_every_field_and_operation_is_named(tmp_path: Path, promised: dict[str, Any]) -> None:
    promise = contract(promised)

    shown = html.unescape(page(Service(hand_over(tmp_path, promise))))

    assert all(f"<code>{field.name}</code>" in shown for field in (*promise.inputs, *promise.outputs))
    assert all(field.meaning in shown for field in (*promise.inputs, *promise.outputs))
    assert all(path in shown for path in api.build(promise)["paths"])
    assert all(json.dumps(value) in shown for value in examples.prediction(promise).values())


@pytest.mark.parametrize(
    "said",
    [
        "0 to 50,000</td><td>EUR",
        '"AT", "DE", "FR"',
        "string, or null, or left out",
        "date and time (RFC 3339)",
        "MLOps engineer, @acme/mlops",
        "65,536 bytes",
        "the body is longer than 65536 bytes",
        "is not a field of the contract",
        "1.2.0+",
        "curl -s",
        "Not for cards younger than a month.",
    ],
)
def test_it_says_what_callers_need(service: Service, said: str) -> None:
    assert said in html.unescape(page(service))


def test_hostile_words_stay_words(tmp_path: Path, promise: ModelContract) -> None:
    fields = [msgspec.structs.replace(field, meaning=HOSTILE, unit=HOSTILE) for field in promise.inputs]
    fields[-1] = msgspec.structs.replace(fields[-1], example=HOSTILE)
    hostile = msgspec.structs.replace(promise, intended_use=HOSTILE, limits=[HOSTILE], inputs=fields)

    shown = page(Service(hand_over(tmp_path, hostile)))

    assert "<script" not in shown and "<img" not in shown
    assert shown.count("</style>") == 1
    assert HOSTILE in html.unescape(shown)


class References(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [f"<{tag}>"] if tag in ("script", "iframe", "object", "embed") else []
        self.found += [str(to) for name, to in attributes if name in ("src", "href", "srcset") and to != "data:,"]
        self.found += [name for name, _ in attributes if name.startswith("on")]


def test_it_asks_nothing_of_the_network(service: Service) -> None:
    shown = page(service)

    references = References()
    references.feed(shown)

    assert references.found == []
    assert not re.search(r"url\(|@import", shown)
    assert "default-src 'none'" in TestClient(service).get("/docs").headers["content-security-policy"]


def test_it_is_drawn_once_and_counted_by_its_path(evidence: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(evidence)
    first = page(service)
    monkeypatch.setattr("paved_road.serving.docs.page.render", None)

    assert page(service) == first
    counted = 'method="GET",model="card-fraud",route="/docs",status="200"'
    assert re.search(rf"http_requests_total{{{counted},version=\S+}} 2.0", service.metrics.render().decode())


def test_a_server_starts_without_what_only_the_page_needs() -> None:
    code = "import sys, paved_road.serving.server; print('jinja2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
