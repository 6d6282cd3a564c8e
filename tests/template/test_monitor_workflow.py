"""The workflow that watches the model, lived through with a Prometheus and a GitHub that say what a test wants."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tools import prometheus, workflow
from tools.prometheus import SILENT, sample
from tools.standins import Standins

FILE = ".github/workflows/monitor.yml"
GITHUB = {"server_url": "https://github.com", "repository": "acme/fraud", "run_id": "5", "token": "t"}
DRIFT = sample(0.412, model="fraud-scoring", version="1.0.0+0123456789ab", field="amount")
SHIFTED: prometheus.Answers = {**SILENT, "model:input:psi": [DRIFT]}
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standins:
    found = Standins.of(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(found.folder), prepend=":")
    return found


def watch(project: Path, answers: prometheus.Answers, status: int = 200, **variables: str) -> dict[str, workflow.Job]:
    with prometheus.answering(answers, status) as url:
        return workflow.run(project, file=FILE, github=GITHUB, vars={"PROMETHEUS_URL": url} | variables)


def test_one_incident_names_the_owner_and_what_to_do(clone: Path, gh: Standins) -> None:
    jobs = watch(clone, SHIFTED)

    assert {job.result for job in jobs.values()} == {"success"}, jobs
    assert jobs["ask"].outputs["found"] == "ModelInputDrift"
    (opened,) = gh.called("gh issue create")
    assert "--label model-incident --title The model needs somebody: ModelInputDrift" in opened
    body = (gh.folder / "said").read_text()
    assert "owns it, and" in body
    assert "- The population stability index of amount is 0.412 over" in body
    answer = subprocess.run(["uv", "run", "road", "who", "ModelInputDrift"], cwd=clone, capture_output=True, text=True)
    assert answer.stdout.strip() in body
    assert "RETRAIN_ON_DRIFT to true" in jobs["retrain"].summary
    assert gh.called("gh api repos/acme/fraud/dispatches") == []

    gh.put("incident", '[{"number": 7, "body": ""}]')
    gh.forget()
    watch(clone, SHIFTED)

    assert gh.called("gh issue create") == []
    assert len(gh.called("gh issue edit 7")) == 1

    gh.forget()
    watch(clone, SILENT)

    (comment,) = gh.called("gh issue comment 7")
    assert "Nothing is found any more" in comment


@pytest.mark.parametrize(
    ("answers", "status", "said"),
    [({}, 200, "sees no server of fraud-scoring"), (SILENT, 503, "answers 503 Service Unavailable")],
)
def test_a_prometheus_that_cannot_say_it_is_no_good_news(
    clone: Path, gh: Standins, answers: prometheus.Answers, status: int, said: str
) -> None:
    jobs = watch(clone, answers, status)

    assert jobs["ask"].failed == ["Ask it"]
    assert said in str(jobs["ask"])
    assert "the model is not watched: Prometheus did not say how it does" in str(jobs["ask"])
    assert jobs["tell"].result == jobs["retrain"].result == "skipped"


def test_without_a_prometheus_it_says_what_is_missing(generate: Callable[..., Path]) -> None:
    jobs = workflow.run(generate(), file=FILE, github=GITHUB)

    assert jobs["ask"].result == "success", jobs["ask"]
    assert "nobody was asked: set the repository's variable PROMETHEUS_URL" in jobs["ask"].summary
    assert jobs["tell"].result == jobs["retrain"].result == "skipped"


# What may start a training ----------------------------------------------------
def retrain(project: Path, **variables: str) -> workflow.Job:
    found: dict[str, Any] = {"ask": {"shifted": "ModelInputDrift"}}
    jobs = workflow.run(project, ["retrain"], {"ask": "success"}, FILE, github=GITHUB, vars=variables, outputs=found)
    return jobs["retrain"]


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def project(generate: Callable[..., Path]) -> Path:
    """A project that nobody has worked on."""
    return generate()


@pytest.mark.parametrize(
    "known", [{}, {"trained": ago(8), "accepted": ago(7.5)}], ids=["never trained", "the last one helped"]
)
def test_drift_starts_a_training_that_says_why(project: Path, gh: Standins, known: dict[str, str]) -> None:
    for name, said in known.items():
        gh.put(name, said)

    outcome = retrain(project, RETRAIN_ON_DRIFT="true")

    assert outcome.result == "success", outcome
    (call,) = gh.called("gh api repos/acme/fraud/dispatches")
    assert "event_type=drift" in call
    assert "client_payload[reason]=Monitor found ModelInputDrift" in call


@pytest.mark.parametrize(
    ("known", "variables", "why"),
    [
        ({}, {}, "set the repository's variable RETRAIN_ON_DRIFT to true"),
        ({"proposal": "https://github.com/acme/fraud/pull/3"}, {}, "a handoff is proposed already: https://github.com"),
        ({"trained": ago(6), "accepted": ago(1)}, {}, "and one in 7 days is allowed"),
        ({"trained": ago(8), "accepted": ago(1)}, {"RETRAIN_EVERY_DAYS": "30"}, "and one in 30 days is allowed"),
        ({"trained": ago(8), "accepted": ago(9)}, {}, "brought no better model"),
        ({"trained": ago(8)}, {}, "brought no better model"),
    ],
)
def test_a_limit_holds_a_training_back_and_says_which(
    project: Path, gh: Standins, known: dict[str, str], variables: dict[str, str], why: str
) -> None:
    for name, said in known.items():
        gh.put(name, said)
    asked_for = {} if why.startswith("set the") else {"RETRAIN_ON_DRIFT": "true"}

    outcome = retrain(project, **asked_for, **variables)

    assert outcome.result == "success", outcome
    assert "not trained again: " in outcome.summary
    assert why in outcome.summary
    assert gh.called("gh api repos/acme/fraud/dispatches") == []


def test_a_limit_that_is_no_number_is_refused(project: Path, gh: Standins) -> None:
    outcome = retrain(project, RETRAIN_ON_DRIFT="true", RETRAIN_EVERY_DAYS="soon")

    assert outcome.result == "failure"
    assert "the variable RETRAIN_EVERY_DAYS is soon: write a whole number of days" in str(outcome)
