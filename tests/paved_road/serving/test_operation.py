"""What operators rely on: readiness that is earned, versions that change under load, a log without payloads."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paved_road.findings import Problem
from paved_road.handoff.manifest import Manifest, render
from paved_road.serving import model, settings
from paved_road.serving.app import Service
from paved_road.serving.logs import Handler, Log
from serving_examples import CLASSIFICATION, RECORD, REGRESSION, contract, graph, hand_over
from starlette.testclient import TestClient
from traffic import Traffic, running, wait_until

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


# Readiness ------------------------------------------------------------------------------------------------------------
def with_probe(evidence: Manifest, **changes: Any) -> Manifest:
    probe = msgspec.structs.replace(evidence.baseline.probe, **changes)
    return msgspec.structs.replace(evidence, baseline=msgspec.structs.replace(evidence.baseline, probe=probe)).sealed()


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"raw": [0.25, 0.75]}, "predicted as 0.00829762, 0.991702, and 0.25, 0.75 was handed over"),
        ({"raw": []}, "was handed over"),
        ({"record": RECORD | {"amount": -1}}, "the golden record gets no prediction: 1 record with 1 error"),
        ({"record": {}}, "the golden record gets no prediction"),
    ],
    ids=["another prediction", "none", "a broken record", "no record"],
)
def test_a_model_that_does_not_predict_its_golden_record_is_not_served(
    handoff: Path, evidence: Manifest, changes: dict[str, Any], fact: str
) -> None:
    with pytest.raises(Problem) as refused:
        model.load(handoff, with_probe(evidence, **changes))

    (finding,) = refused.value.findings
    assert finding.code == "SERVE005"
    assert fact in finding.fact


def test_a_server_whose_golden_record_is_off_ends_with_a_message(tmp_path: Path) -> None:
    evidence = with_probe(hand_over(tmp_path / "handoff", contract()), raw=[1.0, 0.0])
    (tmp_path / "handoff/manifest.json").write_bytes(render(evidence))

    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(tmp_path / "handoff"), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 1
    assert "SERVE005  the golden record is predicted as" in done.stderr and "Traceback" not in done.stderr


# Outputs --------------------------------------------------------------------------------------------------------------
VALUE = {"name": "value", "gives": "value", "meaning": "Value.", "minimum": 0.0, "maximum": 5.0}


@pytest.mark.parametrize(
    ("promised", "record", "code", "said"),
    [
        (REGRESSION | {"outputs": [VALUE]}, {"amount": 5000}, "output-out-of-range", "its contract allows 0 to 5"),
        (CLASSIFICATION, {"usual": None}, "output-not-finite", "the model gave the fraud_probability nan"),
        (
            CLASSIFICATION | {"outputs": CLASSIFICATION["outputs"][1:]},
            {"usual": None},
            "output-not-finite",
            "not finite",
        ),
    ],
    ids=["range", "shown", "hidden"],
)
def test_a_figure_that_the_contract_does_not_allow_is_answered_with_a_code_and_counted(
    tmp_path: Path, promised: dict[str, Any], record: dict[str, Any], code: str, said: str
) -> None:
    inputs = [
        field | ({"example": 1.0} if field["name"] in ("usual", "items") else {}) for field in CLASSIFICATION["inputs"]
    ]
    of = contract(promised, inputs=inputs)
    evidence = hand_over(tmp_path / "handoff", of, graph(of, fills=False))
    service = Service(evidence, model.load(tmp_path / "handoff", evidence))
    client = TestClient(service, raise_server_exceptions=False)

    answer = client.post("/v1/predict", json=[RECORD | {"amount": 1.0, "from": "DE"}, RECORD | record])

    assert (answer.status_code, answer.json()["code"]) == (500, code)
    assert said in answer.json()["detail"]
    assert f'http_refusals_total{{code="{code}"' in service.metrics.render().decode()


# Versions -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def versions(tmp_path: Path) -> Callable[[str], None]:
    """Points the link `current` at a handoff: 1.2.0, 1.3.0, 2.0.0, another model's, one that is torn."""
    hand_over(tmp_path / "1.2.0", contract())
    hand_over(tmp_path / "1.3.0", contract(version="1.3.0"))
    hand_over(tmp_path / "2.0.0", contract(version="2.0.0"))
    hand_over(tmp_path / "other", contract(name="other"))
    hand_over(tmp_path / "torn", contract(version="1.4.0"))
    next((tmp_path / "torn").glob("model-*")).write_bytes(b"torn")
    (tmp_path / "empty").mkdir()

    def point(name: str) -> None:
        (tmp_path / "next").symlink_to(tmp_path / name)
        os.replace(tmp_path / "next", tmp_path / "current")

    point("1.2.0")
    return point


def test_versions_change_to_and_fro_under_load_and_no_request_is_lost(
    versions: Callable[[str], None], tmp_path: Path
) -> None:
    with running(tmp_path / "current", tmp_path / "log") as server, Traffic(server.port) as traffic:
        for number, name in enumerate(["1.3.0", "1.2.0", "1.3.0", "1.2.0"], start=1):
            versions(name)
            server.signal(signal.SIGHUP)
            wait_until(lambda: server.metric('model_switches_total{result="done"}') == number)  # noqa: B023
            wait_until(lambda: traffic.versions[-1].startswith(name))  # noqa: B023
            wait_until(lambda: len(server.events("switched")) == number)  # noqa: B023 -- said once the switch is done
        description = server.ask("/openapi.json")[1]
        metrics = server.ask("/metrics")[1]

    assert set(traffic.seen) == {"200"}
    assert [version.partition("+")[0] for version in traffic.versions] == ["1.2.0", "1.3.0", "1.2.0", "1.3.0", "1.2.0"]
    assert description["info"]["version"] == "1.2.0"
    assert metrics.count("\nmodel_info{") == 1
    assert len({line.split()[0] for line in metrics.splitlines()}) > 1
    assert [event["to"].partition("+")[0] for event in server.events("switched")] == ["1.3.0", "1.2.0"] * 2


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("2.0.0", "SERVE007", "version 2.0.0 breaks callers of version 1.2.0"),
        ("other", "SERVE007", "other is handed over there, and card-fraud is served here"),
        ("torn", "SERVE002", "the artifact has digest"),
        ("empty", "HANDOFF001", "there is no manifest"),
        ("nowhere", "HANDOFF001", "there is no manifest"),
    ],
)
def test_a_version_that_does_not_hold_is_refused_and_the_old_one_answers_on(
    versions: Callable[[str], None], tmp_path: Path, name: str, code: str, why: str
) -> None:
    with running(tmp_path / "current", tmp_path / "log") as server:
        versions(name)

        server.signal(signal.SIGHUP)

        wait_until(lambda: server.events("switch refused"))
        (event,) = server.events("switch refused")
        assert event["codes"] == [code] and why in event["why"]
        assert server.metric('model_switches_total{result="refused"}') == 1
        assert server.ask()[2]["x-model-version"].startswith("1.2.0")


def test_a_watched_folder_is_followed_even_after_a_refusal(versions: Callable[[str], None], tmp_path: Path) -> None:
    with running(tmp_path / "current", tmp_path / "log", "--watch") as server:
        versions("torn")
        wait_until(lambda: server.events("switch refused"))

        versions("1.3.0")

        wait_until(lambda: server.ask()[2]["x-model-version"].startswith("1.3.0"))


# Ids and logs ---------------------------------------------------------------------------------------------------------
def test_a_request_keeps_its_id_and_its_trace(client: TestClient) -> None:
    answer = client.post("/v1/predict", json=RECORD, headers={"x-request-id": "order-7", "traceparent": TRACE})

    assert (answer.headers["x-request-id"], answer.headers["traceparent"]) == ("order-7", TRACE)


@pytest.mark.parametrize("given", ["", "a b", "é", "x" * 129, "a\tb", '"', "{}"])
def test_an_id_that_cannot_be_logged_is_replaced(client: TestClient, given: str) -> None:
    answers = [client.get("/healthz", headers={b"x-request-id": given.encode()}) for _ in range(2)]

    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2 and given not in ids


@pytest.mark.parametrize(
    "given", ["", TRACE.replace("00-", "ff-", 1), TRACE.replace("4", "0"), "00-" + "0" * 32 + TRACE[35:], TRACE + "-x"]
)
def test_a_trace_that_is_none_is_left_out(client: TestClient, given: str) -> None:
    answer = client.get("/healthz", headers={"traceparent": given})

    assert answer.headers.get("traceparent") == (given if given == TRACE.replace("4", "0") else None)


def logging_service(
    evidence: Manifest, loaded: model.Model, tmp_path: Path, which: Any = "all"
) -> tuple[TestClient, Log]:
    log = Log(which, os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY))
    return TestClient(Service(evidence, loaded, log), raise_server_exceptions=False), log


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]


def test_every_request_has_a_line_without_anything_of_its_payload(
    evidence: Manifest, loaded: model.Model, tmp_path: Path
) -> None:
    client, log = logging_service(evidence, loaded, tmp_path)
    secret = {"note": "secret-1", "from": "secret-2", "secret-3": 1, "at": "secret-4"}

    client.post("/v1/predict", json=RECORD | {"note": "secret-5"}, headers={"x-request-id": "a", "traceparent": TRACE})
    client.post("/v1/predict", json=RECORD | secret, headers={"x-request-id": "b"})
    client.post("/v1/predict?key=secret-6", content="secret-7", headers={"x-request-id": "c"})
    client.get("/secret-8", headers={"x-request-id": "d"})
    log.close()

    one, two, three, four = lines(tmp_path)
    assert "secret" not in (tmp_path / "log").read_text()
    assert one | {"time": 0, "ms": 0} == {
        "event": "request", "time": 0, "level": "info", "request_id": "a", "method": "POST", "route": "/v1/predict",
        "status": 200, "ms": 0, "version": evidence.version, "records": 1, "trace_id": TRACE[3:35],
    }  # fmt: skip
    assert (two["code"], two["level"], two["request_id"]) == ("contract-broken", "warning", "b")
    assert (three["code"], three["route"]) == ("not-json", "/v1/predict")
    assert (four["code"], four["route"]) == ("no-such-path", "other")


@pytest.mark.parametrize(("which", "statuses"), [("all", [200, 400]), ("errors", [400]), ("none", [])])
def test_operators_choose_which_requests_are_logged(
    evidence: Manifest, loaded: model.Model, tmp_path: Path, which: str, statuses: list[int]
) -> None:
    client, log = logging_service(evidence, loaded, tmp_path, which)

    client.post("/v1/predict", json=RECORD)
    client.post("/v1/predict", content="{")
    log.close()

    assert [line["status"] for line in lines(tmp_path)] == statuses


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_or_a_scrape_is_logged_only_if_it_fails(
    evidence: Manifest, loaded: model.Model, tmp_path: Path, path: str
) -> None:
    client, log = logging_service(evidence, loaded, tmp_path)

    answered = client.get(path)
    refused = client.post(path, content="x")
    client.get("/openapi.json")
    log.close()

    assert (answered.status_code, refused.status_code) == (200, 405)
    assert [(line["route"], line["status"]) for line in lines(tmp_path)] == [(path, 405), ("/openapi.json", 200)]


def test_who_asks_while_the_model_loads_is_told_to_wait_and_no_error_is_logged(
    evidence: Manifest, tmp_path: Path
) -> None:
    log = Log("all", os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY))
    client = TestClient(Service(evidence, log=log))

    client.get("/readyz")
    client.post("/v1/predict", json=RECORD)
    log.close()

    assert [(line["status"], line["code"], line["level"]) for line in lines(tmp_path)] == [
        (503, "not-ready", "warning")
    ] * 2


def test_a_failure_is_logged_by_type_and_place_and_answered_without_them(
    evidence: Manifest, loaded: model.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, log = logging_service(evidence, loaded, tmp_path)
    monkeypatch.setattr(model.Model, "answer", lambda *_: dict[str, int]()["secret"])

    answer = client.post("/v1/predict", json=RECORD, headers={"x-request-id": "a"})
    log.close()

    failed, request = lines(tmp_path)
    assert (answer.status_code, answer.json()["code"]) == (500, "server-failed")
    assert (failed["error"], failed["request_id"], request["status"]) == ("KeyError", "a", 500)
    assert failed["level"] == request["level"] == "error"
    assert "test_operation.py" in failed["at"][-1]
    assert "secret" not in answer.text + str(failed).replace("<lambda>", "")


def test_what_libraries_log_is_a_line_too(tmp_path: Path) -> None:
    log = Log("all", os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY))
    logger = logging.Logger("library")
    logger.addHandler(Handler(log))

    logger.warning("it is %s", "late")
    logger.info("not this")
    log.close()

    (line,) = lines(tmp_path)
    assert (line["event"], line["logger"], line["level"], line["message"]) == (
        "log",
        "library",
        "warning",
        "it is late",
    )


# Variables ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ROAD_LOG", "some", "ROAD_LOG"),
        ("ROAD_SAMPLE", "2", "ROAD_SAMPLE"),
        ("ROAD_SAMPLE", "half", "ROAD_SAMPLE"),
        ("ROAD_REQUEST_SECONDS", "0", "ROAD_REQUEST_SECONDS"),
        ("ROAD_DRAIN_SECONDS", "-1", "ROAD_DRAIN_SECONDS"),
    ],
)
def test_a_variable_that_does_not_fit_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(Problem) as refused:
        settings.read({name: value})

    (finding,) = refused.value.findings
    assert finding.code == "SERVE006" and said in finding.fact
