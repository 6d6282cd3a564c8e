"""The API, fuzzed from its own description: it never fails, and never says what it does not promise."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from paved_road.contracts import api
from paved_road.serving import model
from paved_road.serving.app import Service
from schemathesis import GenerationMode
from serving_examples import REGRESSION, contract, hand_over

from ..contracts.contracts_examples import promise

fuzzed = settings(max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck))
VALUE = {"name": "value", "gives": "value", "meaning": "Value."}  # any: a sum of what may be large keeps no range
PROMISES = {
    "every type": contract(),
    "every type, a value": contract(REGRESSION, outputs=[VALUE]),
    "the template's classification": promise("classification"),
    "the template's regression": promise("regression"),
}
"""What a server does not see is which framework trained a model: all it is handed over is ONNX."""
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
CASES = [("/v1/predict", "post", WRONG)]  # what has no parameter cannot be asked wrongly
CASES += [(path, method, RIGHT) for path, methods in api.build(contract())["paths"].items() for method in methods]


@pytest.fixture(scope="module", params=PROMISES)
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("fuzzed")
    evidence = hand_over(folder, PROMISES[request.param])
    refused = {"expected-statuses": [400, 404, 405, 413, 415, 422]}  # its own list lacks 413
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": refused}})
    return schemathesis.openapi.from_asgi(
        "/openapi.json", Service(evidence, model.load(folder, evidence)), config=config
    )


@pytest.mark.parametrize(("path", "method", "mode"), CASES, ids=str)
def test_no_request_makes_it_fail_or_break_its_description(
    described: Any, path: str, method: str, mode: GenerationMode
) -> None:
    statuses = set()

    @fuzzed
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def fuzz(case: Any) -> None:
        answer = case.call_and_validate()
        statuses.add(answer.status_code)
        assert answer.status_code < 500

    fuzz()

    assert statuses
