"""`road monitor check`: what a Prometheus says of the model, with whose it is; and never silence for an answer."""

import json

import pytest
from tools import prometheus
from tools.prometheus import SILENT, sample

from ..ownership.conftest import Repository

DRIFT = sample(0.412, model="fraud", version="1.0.0+0123456789ab", field="amount")


def test_a_model_that_is_as_it_was_is_left_alone(watched: Repository) -> None:
    with prometheus.answering(SILENT) as url:
        outcome = watched.road("monitor", "check", "--prometheus", url)

    assert outcome.exit_code == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout == "no drift, no model shift, not too old\n"


def test_drift_is_said_in_words_with_its_owner_and_its_runbook(watched: Repository) -> None:
    with prometheus.answering({**SILENT, "model:input:psi": [DRIFT]}) as url:
        outcome = watched.road("monitor", "check", "--prometheus", url)

    assert outcome.exit_code == 1
    assert "MONITOR023  ModelInputDrift: The population stability index of amount is 0.412" in outcome.stdout
    assert "docs/runbooks/ModelInputDrift.md; owner: " in outcome.stdout


def test_programs_are_told_what_shifted(watched: Repository) -> None:
    with prometheus.answering({**SILENT, "model:prediction:psi": [DRIFT, DRIFT]}) as url:
        outcome = watched.road("monitor", "check", "--prometheus", url, "--json")

    first, second = json.loads(outcome.stdout)["alerts"]
    assert first == second
    assert (first["alert"], first["shift"]) == ("ModelPredictionDrift", "prediction")
    assert first["owner"].startswith("@")


@pytest.mark.parametrize(
    ("answers", "code", "fact"),
    [
        ({}, "MONITOR021", "sees no server of"),
        ({"model_info": [sample(1)]}, "MONITOR022", "records no drift of"),
    ],
)
def test_a_prometheus_that_looks_at_nothing_does_not_count_as_all_well(
    watched: Repository, answers: prometheus.Answers, code: str, fact: str
) -> None:
    with prometheus.answering(answers) as url:
        outcome = watched.road("monitor", "check", "--prometheus", url)

    assert outcome.exit_code == 1
    assert code in outcome.stderr + outcome.stdout
    assert fact in outcome.stderr + outcome.stdout


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1", "cannot be reached"),
        ("file:///etc/passwd", "is no address with http:// or https://"),
    ],
)
def test_a_prometheus_that_cannot_be_asked_is_named(watched: Repository, url: str, why: str) -> None:
    outcome = watched.road("monitor", "check", "--prometheus", url)

    assert outcome.exit_code == 1
    assert f"{url} {why}" in outcome.stderr + outcome.stdout
    assert "so nothing is known of the model" in outcome.stderr + outcome.stdout


def test_a_token_is_sent_and_a_wrong_one_is_refused(watched: Repository) -> None:
    with prometheus.answering(SILENT, token="right") as url:
        let_in = watched.road("monitor", "check", "--prometheus", url, "--token", "right")
        refused = watched.road("monitor", "check", "--prometheus", url, "--token", "wrong")

    assert let_in.exit_code == 0
    assert "answers 401 Unauthorized" in refused.stderr + refused.stdout


def test_something_else_that_answers_is_not_believed(watched: Repository) -> None:
    with prometheus.answering({"model_info": [{"of": "another kind"}]}) as url:
        outcome = watched.road("monitor", "check", "--prometheus", url)

    assert "does not answer as Prometheus does" in outcome.stderr + outcome.stdout
