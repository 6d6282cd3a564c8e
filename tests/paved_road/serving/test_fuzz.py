"""The API, fuzzed from its own description: it never fails, and never says what it does not promise."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from paved_road.contracts import api
from paved_road.handoff.manifest import Manifest
from paved_road.serving import model
from paved_road.serving.app import Service
from schemathesis import GenerationMode
from serving_examples import contract

fuzzed = settings(max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
CASES = [("/v1/predict", "post", WRONG)]  # what has no parameter cannot be asked wrongly
CASES += [(path, method, RIGHT) for path, methods in api.build(contract())["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def described(evidence: Manifest, loaded: model.Model) -> Any:
    refused = {"expected-statuses": [400, 404, 405, 413, 415, 422]}  # its own list lacks 413
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": refused}})
    return schemathesis.openapi.from_asgi("/openapi.json", Service(evidence, loaded), config=config)


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
