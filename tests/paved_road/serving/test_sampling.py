"""Payloads leave the server only if an operator asks, and of them only what the data contract lets everybody see."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from paved_road import documents
from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Manifest
from paved_road.serving import model
from paved_road.serving.app import Service
from paved_road.serving.logs import Log
from paved_road.serving.sampling import HIDDEN, Sampler
from serving_examples import RECORD, hand_over
from starlette.testclient import TestClient

CLASSES = {
    "amount": "internal",
    "items": "Public",
    "abroad": "confidential",
    "from": "restricted",
    "is_fraud": "internal",
}


class Sampled:
    """A service that logs samples, beside a data contract."""

    def __init__(self, root: Path, promise: ModelContract, share: float, **classes: str) -> None:
        properties: list[dict[str, Any]] = [{"name": name, "classification": said} for name, said in classes.items()]
        data = {"schema": [{"name": "payments", "properties": [*properties, {"name": "note"}]}]}
        (root / "contracts").mkdir()
        (root / "contracts/data.yml").write_text(yaml.safe_dump(data))
        evidence = hand_over(root / "handoff", promise)
        contract = msgspec.structs.replace(evidence.contract, data_sha256=documents.digest(data))
        self.evidence: Manifest = msgspec.structs.replace(evidence, contract=contract).sealed()
        self.log = Log("none", os.open(root / "log", os.O_CREAT | os.O_WRONLY))
        service = Service(self.evidence, model.load(root / "handoff", evidence), self.log)
        service.told.append(Sampler(share, root / "handoff", self.log))
        self.client, self._file = TestClient(service, raise_server_exceptions=False), root / "log"

    def lines(self) -> list[dict[str, Any]]:
        self.log.close()
        return [json.loads(line) for line in self._file.read_text().splitlines()]


@pytest.fixture
def sampled(tmp_path: Path, promise: ModelContract) -> Callable[..., Sampled]:
    return lambda share=1.0, **classes: Sampled(tmp_path, promise, share, **classes)


def test_a_sample_shows_what_everybody_may_see_and_hides_the_rest(sampled: Callable[..., Sampled]) -> None:
    served = sampled(**CLASSES)

    answer = served.client.post("/v1/predict", json=RECORD | {"note": "secret"}, headers={"x-request-id": "a"})

    (line,) = served.lines()
    assert (line["event"], line["request_id"], line["of"]) == ("sample", "a", 1)
    assert line["records"] == [dict.fromkeys(RECORD, HIDDEN) | {"amount": 120.5, "items": 3}]
    assert line["predictions"] == [answer.json()]


def test_a_prediction_is_as_secret_as_the_target(sampled: Callable[..., Sampled]) -> None:
    served = sampled(**CLASSES | {"is_fraud": "confidential"})

    served.client.post("/v1/predict", json=RECORD)

    assert served.lines()[0]["predictions"] == [{"fraud_probability": HIDDEN, "fraud": HIDDEN}]


def test_of_many_records_a_few_are_shown(sampled: Callable[..., Sampled]) -> None:
    served = sampled(**CLASSES)

    served.client.post("/v1/predict", json=[RECORD] * 8)

    (line,) = served.lines()
    assert (len(line["records"]), len(line["predictions"]), line["of"]) == (5, 5, 8)


@pytest.mark.parametrize("fault", ["missing", "changed", "broken"])
def test_without_the_contract_of_the_handoff_every_value_is_hidden(
    sampled: Callable[..., Sampled], tmp_path: Path, fault: str
) -> None:
    served = sampled(**CLASSES)
    file = tmp_path / "contracts/data.yml"
    match fault:
        case "missing":
            file.unlink()
        case "changed":
            file.write_text(file.read_text().replace("restricted", "public"))
        case "broken":
            file.write_text("[")

    served.client.post("/v1/predict", json=RECORD)
    served.client.post("/v1/predict", json=RECORD)

    warning, *samples = served.lines()
    assert warning["event"] == "sampling hides every value"
    assert [set(sample["records"][0].values()) for sample in samples] == [{HIDDEN}] * 2
    assert [set(sample["predictions"][0].values()) for sample in samples] == [{HIDDEN}] * 2


def test_a_refused_request_is_no_sample(sampled: Callable[..., Sampled]) -> None:
    served = sampled(**CLASSES)

    served.client.post("/v1/predict", json=RECORD | {"note": 1})

    assert served.lines() == []


def test_only_a_share_is_sampled(sampled: Callable[..., Sampled], monkeypatch: pytest.MonkeyPatch) -> None:
    served = sampled(0.25, **CLASSES)
    drawn = iter([0.0, 0.24, 0.25, 0.9])
    monkeypatch.setattr("random.random", lambda: next(drawn))

    for _ in range(4):
        served.client.post("/v1/predict", json=RECORD)

    assert len(served.lines()) == 2
