"""The server counts what it predicts in the manifest's bins: alone or in batches, in constant memory."""

import re

import msgspec
import numpy as np
import pytest
from paved_road.handoff import reference
from paved_road.handoff.manifest import Manifest, Null, Reference
from paved_road.serving import model
from paved_road.serving.app import Service
from serving_examples import RECORD, contract, hand_over
from starlette.testclient import TestClient

LINE = re.compile(r'(\w+)_total{bin="(.+?)",field="(.+?)",model="card-fraud",version="1.2.0\+\w{12}"} (\S+)')


@pytest.fixture(scope="module")
def drifting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, model.Model]:
    """A model with a reference for some of its fields."""
    folder = tmp_path_factory.mktemp("drift") / "handoff"
    evidence = with_reference(hand_over(folder, contract()))
    return evidence, model.load(folder, evidence)


def with_reference(evidence: Manifest) -> Manifest:
    amounts, homes = np.arange(1.0, 201.0), np.array(["AT"] * 150 + ["DE"] * 50, object)
    found = {
        "rows": 200,
        "inputs": {"numbers": {"amount": reference.bins(amounts)}, "categories": {"from": reference.categories(homes)}},
        "predictions": {
            "numbers": {"fraud_probability": reference.bins(amounts / 200)},
            "categories": {"fraud": reference.categories(np.array(["False", "True"], object))},
        },
        "null": Null(false_alarms=0.001, inputs={"amount": 30.0, "from": 12.0}, predictions={}),
    }
    described = msgspec.convert(msgspec.to_builtins(found), Reference)
    return msgspec.structs.replace(evidence, reference=described).sealed()


@pytest.fixture
def client(drifting: tuple[Manifest, model.Model]) -> TestClient:
    return TestClient(Service(*drifting), raise_server_exceptions=False)


def counted(client: TestClient) -> dict[tuple[str, str, str], float]:
    """What is not zero, by metric, field and bin."""
    found = LINE.findall(client.get("/metrics").text)
    return {(metric, field, label): float(count) for metric, label, field, count in found if float(count)}


def test_one_record_is_in_one_bin_of_each_field(client: TestClient) -> None:
    client.post("/v1/predict", json=RECORD | {"amount": 300, "from": "FR"})

    assert counted(client) == {
        ("model_input_bin", "amount", "(above)"): 1,
        ("model_input_bin", "from", "(unseen)"): 1,
        ("model_prediction_bin", "fraud_probability", "10"): 1,
        ("model_prediction_bin", "fraud", "True"): 1,
    }


def test_single_records_and_batches_add_up_to_the_same(drifting: tuple[Manifest, model.Model]) -> None:
    records = [RECORD | {"amount": amount, "from": "DE" if amount % 3 else "AT"} for amount in range(1, 601)]
    single, batches = (TestClient(Service(*drifting)) for _ in range(2))

    for record in records:
        single.post("/v1/predict", json=record)
    for start in range(0, 600, 8):
        batches.post("/v1/predict", json=records[start : start + 8])

    assert counted(single) == counted(batches)
    assert counted(single)["model_input_bin", "from", "DE"] == 400
    assert sum(count for (_, field, _), count in counted(single).items() if field == "amount") == 600


def test_a_batch_of_more_rows_than_are_kept_is_counted(drifting: tuple[Manifest, model.Model]) -> None:
    service = Service(*drifting)
    numbers, strings = np.full((1000, 5), 5.0), np.full((1000, 3), "AT", object)

    service.metrics.predicted(model.Predicted(numbers, strings, np.tile([0.4, 0.6], (1000, 1))))

    assert counted(TestClient(service)) == {
        ("model_input_bin", "amount", "1"): 1000,
        ("model_input_bin", "from", "AT"): 1000,
        ("model_prediction_bin", "fraud_probability", "6"): 1000,
        ("model_prediction_bin", "fraud", "True"): 1000,
    }


def test_a_refused_request_is_not_counted(client: TestClient) -> None:
    client.post("/v1/predict", json=RECORD | {"amount": -1})

    assert counted(client) == {}


def test_every_bin_is_there_from_the_start_with_what_is_expected(client: TestClient) -> None:
    said = client.get("/metrics").text

    assert re.search(r'model_input_bin_total{bin="\(missing\)",field="amount",.*} 0.0', said)
    assert re.search(r'model_input_bin_expected{bin="AT",field="from",.*} 0.75', said)
    assert re.search(r'model_input_psi_null{field="from",.*} 12.0', said)
    assert re.search(r"model_reference_rows{.*} 200.0", said)


def test_series_do_not_grow_with_what_callers_send(client: TestClient) -> None:
    before = len(client.get("/metrics").text.splitlines())

    for note in range(300):
        client.post("/v1/predict", json=RECORD | {"note": f"note {note}", "amount": note})

    after = client.get("/metrics").text
    assert len(after.splitlines()) - before < 40
    assert "note 7" not in after
