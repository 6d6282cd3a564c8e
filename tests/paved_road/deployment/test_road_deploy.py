"""`road deploy sync`: what a cluster is asked for follows the evidence, and what does not is refused."""

import json
from typing import Any

import pytest
import yaml
from paved_road.deployment.files import CANARY, RULES, SIZE
from paved_road.monitoring import files as monitoring

from ..monitoring.test_road_monitor import change
from ..ownership.conftest import Repository
from .conftest import MEASURED, HandOver


def asked(repository: Repository) -> dict[str, Any]:
    """Resources of the server."""
    component = yaml.safe_load((repository.root / SIZE).read_text())
    deployment = yaml.safe_load(component["patches"][0]["patch"])
    resources: dict[str, Any] = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]
    return resources


def test_before_the_first_handoff_the_contract_says_it(deployed: Repository) -> None:
    outcome = deployed.road("deploy", "sync", "--check")

    assert outcome.exit_code == 0
    assert outcome.stdout == f"{SIZE} is up to date\n{CANARY} is up to date\n{RULES} is up to date\n"
    assert asked(deployed) == {"requests": {"cpu": "1000m", "memory": "256Mi"}, "limits": {"memory": "256Mi"}}


def test_a_handoff_is_followed(deployed: Repository, hands_over: HandOver) -> None:
    hands_over()

    refused = deployed.road("deploy", "sync", "--check")
    mended = deployed.road("deploy", "sync")

    assert refused.exit_code == 1
    assert f"{SIZE}:" in refused.stdout
    assert (
        "DEPLOY001  says `cpu: 1000m`, handoff/manifest.json and contracts/model.yml say `cpu: 500m`" in refused.stdout
    )
    assert "run `road deploy sync`" in refused.stdout
    assert mended.exit_code == 0
    assert asked(deployed)["requests"] == {"cpu": "500m", "memory": "256Mi"}
    assert deployed.road("deploy", "sync", "--check").exit_code == 0


@pytest.mark.parametrize(
    ("path", "of", "old", "new", "said"),
    [
        (SIZE, SIZE, "maxReplicas: 6", "maxReplicas: 60", "says `maxReplicas: 60`"),
        (CANARY, CANARY, "result[0] <= 0.001", "result[0] <= 0.1", "contracts/model.yml says `successCondition"),
        (RULES, RULES, "for: 5m", "for: 9h", "contracts/model.yml and raci.yml say `for: 5m`"),
        ("contracts/model.yml", CANARY, "p99_ms: 60", "p99_ms: 70", 'le="0.06"'),
        ("contracts/model.yml", SIZE, "memory_mib: 256", "memory_mib: 300", "say `memory: 300Mi`"),
    ],
)
def test_what_does_not_follow_is_refused(
    deployed: Repository, path: str, of: str, old: str, new: str, said: str
) -> None:
    change(deployed, path, old, new)

    outcome = deployed.road("deploy", "sync", "--check")

    assert outcome.exit_code == 1
    assert f"{of}:" in outcome.stdout
    assert said in outcome.stdout


def test_prometheus_operator_is_given_the_rules_that_prometheus_is(deployed: Repository) -> None:
    rule = yaml.safe_load((deployed.root / RULES).read_text())

    assert rule["spec"] == yaml.safe_load((deployed.root / monitoring.RULES).read_text())


@pytest.mark.parametrize(
    ("changes", "code", "fact", "remedy"),
    [
        (
            {"peak_memory_mib": None},
            "HANDOFF004",
            '"peak_memory_mib" is a required property',
            "run `road handoff build`",
        ),
        ({"peak_memory_mib": 300.0}, "RESOURCES001", "peak memory is 300 MiB", "agree on another"),
        (
            {"cpu_seconds_per_request": 0.03},
            "RESOURCES001",
            "CPU at the promised rate is 1.5 cores",
            "agree on another",
        ),
        ({"cold_start_s": 4.0}, "RESOURCES001", "cold start is 4 s", "agree on another"),
        (
            {"closed": MEASURED["closed"] | {"requests_per_second": 10.0}},
            "RESOURCES001",
            "one replica answers 10 requests per second",
            "agree on another",
        ),
    ],
    ids=["no profile", "memory", "CPU", "cold start", "rate"],
)
@pytest.mark.parametrize("check", [[], ["--check"]], ids=["sync", "check"])
def test_evidence_that_no_size_follows_from_is_refused_and_nothing_is_written(
    deployed: Repository,
    hands_over: HandOver,
    changes: dict[str, Any],
    code: str,
    fact: str,
    remedy: str,
    check: list[str],
) -> None:
    hands_over(**changes)
    before = (deployed.root / SIZE).read_bytes()

    outcome = deployed.road("deploy", "sync", *check)

    assert outcome.exit_code == 1
    assert f"handoff/manifest.json  {code}" in outcome.stderr
    assert fact in outcome.stderr
    assert remedy in outcome.stderr
    assert (deployed.root / SIZE).read_bytes() == before


def test_a_missing_file_is_written(deployed: Repository) -> None:
    (deployed.root / SIZE).unlink()

    refused = deployed.road("deploy", "sync", "--check", "--json")
    mended = deployed.road("deploy", "sync", "--json")

    assert json.loads(refused.stdout)["findings"][0]["fact"] == "is missing"
    assert json.loads(mended.stdout)["changed"] is True
    assert (deployed.root / SIZE).is_file()
