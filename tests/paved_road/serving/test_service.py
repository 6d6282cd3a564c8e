"""What callers see: predictions, and for a refused request every error by record and field."""

import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from paved_road.contracts import api
from paved_road.contracts.model import ModelContract
from paved_road.serving.app import Service
from serving_examples import RECORD
from starlette.testclient import TestClient


def test_a_record_gives_a_prediction_and_an_array_gives_as_many(client: TestClient) -> None:
    one = client.post("/v1/predict", json=RECORD)
    many = client.post("/v1/predict", json=[RECORD, RECORD])

    assert one.status_code == many.status_code == 200
    assert set(one.json()) == {"fraud_probability", "fraud"}
    assert many.json() == [one.json(), one.json()]
    assert one.headers["x-model-version"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": -1}, "amount"),
        ({"amount": "12"}, "amount"),
        ({"from": "XX"}, "from"),
        ({"items": 1.5}, "items"),
        ({"abroad": 1}, "abroad"),
        ({"at": "yesterday"}, "at"),
        ({"amount": None}, "amount"),
    ],
    ids=str,
)
def test_a_record_that_breaks_the_contract_is_refused_by_field(
    client: TestClient, change: dict[str, Any], field: str
) -> None:
    answer = client.post("/v1/predict", json=[RECORD, RECORD | change])

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["record"], error["field"]) for error in answer.json()["errors"]] == [(1, field)]


def test_every_error_of_a_request_is_named_at_once(client: TestClient) -> None:
    wrong = RECORD | {"amount": -1, "from": "XX"}
    del wrong["items"]

    answer = client.post("/v1/predict", json=wrong | {"colour": "red"})

    assert answer.status_code == 422
    said = json.dumps(answer.json()["errors"])
    assert all(name in said for name in ("amount", "from", "items", "colour"))


@pytest.mark.parametrize("body", [b"", b"{", b"not json", b'{"amount": NaN}', b"\xff\xfe"], ids=repr)
def test_a_body_that_is_not_json_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/predict", content=body)

    assert answer.status_code in (400, 422)
    assert answer.json()["title"]


def test_more_records_than_promised_are_refused(client: TestClient, promise: ModelContract) -> None:
    answer = client.post("/v1/predict", json=[RECORD] * (promise.service_level.max_records + 1))

    assert answer.status_code == 413


def test_no_records_are_refused(client: TestClient) -> None:
    assert client.post("/v1/predict", json=[]).status_code == 422


def refusal(promise: ModelContract, status: int, example: int = 1) -> dict[str, Any]:
    """An example of a refusal, as callers read it in the API's description."""
    answer = api.build(promise)["paths"]["/v1/predict"]["post"]["responses"][str(status)]
    shown: dict[str, Any] = answer["content"]["application/problem+json"]["examples"][f"example{example}"]["value"]
    return shown


def test_refusals_are_those_of_the_description(client: TestClient, promise: ModelContract, evidence: Any) -> None:
    wrong = {name: value for name, value in RECORD.items() if name != promise.inputs[0].name} | {"no_such_field": 1}
    most = api.build(promise)["paths"]["/v1/predict"]["post"]["x-limits"]
    waiting = TestClient(Service(evidence), raise_server_exceptions=False)

    answers = [
        (client.post("/v1/predict", content="{"), refusal(promise, 400)),
        (client.post("/v1/predict", json=[RECORD] * (most["records"] + 1)), refusal(promise, 413)),
        (client.post("/v1/predict", content=" " * (most["body_bytes"] + 1)), refusal(promise, 413, 2)),
        (client.post("/v1/predict", json=wrong), refusal(promise, 422)),
        (waiting.post("/v1/predict", json=RECORD), refusal(promise, 503)),
        (waiting.get("/readyz"), refusal(promise, 503)),
    ]

    for answer, described in answers:
        assert answer.json() == described
        assert answer.status_code == described["status"]


def test_it_is_ready_only_with_a_model(client: TestClient, service: Service, evidence: Any) -> None:
    waiting = TestClient(Service(evidence), raise_server_exceptions=False)

    assert client.get("/readyz").status_code == 200
    assert waiting.get("/readyz").status_code == 503
    assert waiting.get("/healthz").status_code == 200
    assert waiting.post("/v1/predict", json=RECORD).status_code == 503


def test_the_rest_of_the_interface_answers(client: TestClient, promise: ModelContract) -> None:
    client.post("/v1/predict", json=RECORD)

    assert client.get("/openapi.json").json() == api.build(promise)
    assert "/v1/predict" in client.get("/metrics").text
    assert client.get("/nowhere").status_code == 404
    assert client.get("/v1/predict").status_code == 405


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "paved_road", "serve", *arguments]


def test_a_port_in_use_is_named(handoff: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        done = subprocess.run(command("--handoff", str(handoff), "--port", port), capture_output=True, text=True)

    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(command("--handoff", str(tmp_path)), capture_output=True, text=True)

    assert done.returncode == 1
    assert "nothing was handed over yet" in done.stderr


def test_a_real_server_answers_and_stops_when_told(handoff: Path) -> None:
    started = command("--handoff", str(handoff), "--port", "0", "--json")
    with subprocess.Popen(started, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        request = urllib.request.Request(f"{said['url']}/v1/predict", data=json.dumps(RECORD).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
        server.terminate()

    assert server.returncode == 0
