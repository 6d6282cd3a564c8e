"""What GitHub asks for before a change reaches main: the ruleset, and the values that Terraform makes it from."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.ownership import lookup
from paved_road.ownership.derive import ruleset, terraform
from paved_road.ownership.patterns import matches
from paved_road.ownership.raci import Raci

from .conftest import Matrix, Repository
from .random_matrices import matrices
from .test_codeowners_patterns import PATHS

NUMBERED = ('    contact: "#science"', '    contact: "#science"\n    team_id: 7')


def reviewers(raci: Raci) -> list[dict[str, Any]]:
    (rule,) = [rule for rule in json.loads(ruleset.render(raci))["rules"] if rule["type"] == "pull_request"]
    return list(rule["parameters"]["required_reviewers"])


def values(raci: Raci) -> dict[str, Any]:
    return dict(json.loads(terraform.render(raci))["ownership"])


def asked(patterns: list[str], path: str) -> bool:
    """Whether a team is asked about a file: GitHub reads the patterns like a .gitignore, the last that matches wins."""
    decisive = [pattern for pattern in patterns if matches(pattern.removeprefix("!"), path)]
    return bool(decisive) and not decisive[-1].startswith("!")


def test_without_numbers_the_ruleset_asks_code_owners_only(matrix: Matrix) -> None:
    assert reviewers(matrix.raci) == []


def test_a_team_with_a_number_is_asked_for_its_side_of_a_handoff(matrix: Matrix) -> None:
    assert reviewers(matrix.but(*NUMBERED).raci) == [
        {"minimum_approvals": 1, "reviewer": {"type": "Team", "id": 7}, "file_patterns": ["/handoff/"]}
    ]


def test_terraform_is_told_teams_by_name(matrix: Matrix) -> None:
    assert values(matrix.raci) == {
        "teams": {"science": "push", "operations": "push", "product": "pull"},
        "reviewers": [
            {"team": "science", "paths": ["/handoff/"]},
            {"team": "operations", "paths": ["/handoff/"]},
        ],
        "approver": "@acme/operations",
    }


def test_what_another_activity_owns_inside_a_handoff_is_left_to_it(matrix: Matrix) -> None:
    inside = matrix.but("[/deploy/, /src/serving.py]", "[/deploy/, /src/serving.py, /handoff/notes/, '*.tmp']")

    assert values(inside.raci)["reviewers"][0]["paths"] == ["/handoff/", "!/handoff/notes/", "!*.tmp"]


def test_a_person_is_no_team_to_github(matrix: Matrix) -> None:
    alone = matrix.but('"@acme/science"', '"@grace"').but('"@acme/operations"', '"@sam"')

    assert values(alone.raci) == {"teams": {"product": "pull"}, "reviewers": [], "approver": "@sam"}
    assert reviewers(alone.raci) == []


@settings(max_examples=60)
@given(raci=matrices(), paths=st.lists(PATHS, min_size=1, max_size=8))
def test_a_team_is_asked_about_a_file_if_and_only_if_it_has_a_side_in_it(raci: Raci, paths: list[str]) -> None:
    patterns = {f"@acme/{each['team']}": each["paths"] for each in values(raci)["reviewers"]}

    for path in paths:
        owned = lookup.owner(raci, path)
        sides = {role.team for role in lookup.handoff_parties(raci, path)} if owned and owned[0].accepted_by else set()
        assert {team for team in patterns if asked(patterns[team], path)} == {team for team in sides if "/" in team}


def test_sync_tells_terraform_only_where_terraform_is(repository: Repository) -> None:
    without = repository.road("raci", "sync")
    repository.write("infra/modules/repository/main.tf")

    outcome = repository.road("raci", "sync")

    assert "infra/" not in without.stdout
    assert "infra/repository/ownership.auto.tfvars.json written\n" in outcome.stdout


@pytest.mark.parametrize("number", ["0", '"7"', "-1"])
def test_a_number_that_is_none_is_refused(repository: Repository, matrix: Matrix, number: str) -> None:
    repository.write("raci.yml", matrix.but(NUMBERED[0], NUMBERED[1].replace("7", number)).text)

    outcome = repository.road("raci", "sync")

    assert outcome.exit_code == 1
    assert "raci.yml:7  RACI016  roles.data-scientist.team_id" in outcome.stderr
