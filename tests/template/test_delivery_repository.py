"""The repository on GitHub: the ruleset held against GitHub's own types, Terraform for it against stub providers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from githubkit_schemas.v2022_11_28.models import ReposOwnerRepoRulesetsPostBody
from pydantic import ValidationError
from tools.terraform import Terraform

Generate = Callable[..., Path]

RULESET = ".github/rulesets/main.json"
OWNERSHIP = "ownership.auto.tfvars.json"

pytestmark = pytest.mark.xdist_group("cluster")


# The ruleset ----------------------------------------------------------------
@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    return generate()


@pytest.fixture
def ruleset(project: Path) -> dict[str, Any]:
    return dict(json.loads((project / RULESET).read_text()))


def parameters(ruleset: dict[str, Any], rule: str) -> dict[str, Any]:
    return dict(next(each for each in ruleset["rules"] if each["type"] == rule)["parameters"])


def taken_by_github(ruleset: dict[str, Any]) -> bool:
    """Whether GitHub knows every word of a ruleset: what it does not know it would drop."""
    read = ReposOwnerRepoRulesetsPostBody.model_validate(ruleset)
    return read.model_dump(mode="json", exclude_unset=True) == ruleset


def test_github_knows_every_word_of_the_ruleset(ruleset: dict[str, Any]) -> None:
    assert taken_by_github(ruleset)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"non_fast_forward"', '"no_force_push"'),
        ('"active"', '"enforced"'),
        ('"required_approving_review_count": 1', '"required_approving_review_count": 11'),
        ('"require_code_owner_review": true,', ""),
        ('"context": "pass"', '"name": "pass"'),
    ],
)
def test_github_refuses_a_ruleset_with_another_word(project: Path, old: str, new: str) -> None:
    text = (project / RULESET).read_text()
    assert text.count(old) == 1

    with pytest.raises(ValidationError):
        taken_by_github(json.loads(text.replace(old, new)))


def test_a_word_that_github_would_drop_is_noticed(project: Path) -> None:
    text = (project / RULESET).read_text().replace('"bypass_actors"', '"bypass"')

    assert not taken_by_github(json.loads(text))


def test_the_ruleset_guards_the_default_branch_and_lets_nobody_past(ruleset: dict[str, Any]) -> None:
    asked = parameters(ruleset, "pull_request")

    assert {rule["type"] for rule in ruleset["rules"]} >= {"deletion", "non_fast_forward"}
    assert ruleset["conditions"]["ref_name"] == {"include": ["~DEFAULT_BRANCH"], "exclude": []}
    assert ruleset["bypass_actors"] == []
    assert asked["required_approving_review_count"] == 1
    assert asked["require_code_owner_review"] and asked["dismiss_stale_reviews_on_push"]


def test_the_ruleset_requires_the_job_that_waits_for_all_others(project: Path, ruleset: dict[str, Any]) -> None:
    jobs = yaml.safe_load((project / ".github/workflows/ci.yml").read_text())["jobs"]

    (check,) = parameters(ruleset, "required_status_checks")["required_status_checks"]

    assert check["context"] == jobs["pass"]["name"]
    assert set(jobs["pass"]["needs"]) == set(jobs) - {"pass"}


# Terraform ------------------------------------------------------------------
@pytest.fixture(scope="module")
def terraform(generate: Generate, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform in infra/repository/ of a project, its provider installed."""
    project = generate(cloud="gcp")
    here = Terraform(project / "infra/repository", tmp_path_factory.mktemp("terraform"))
    ready = here.init()
    assert ready.returncode == 0, ready.stdout
    return here


MOCKS = """
mock_provider "github" {
  mock_data "github_team" {
    defaults = { id = "42" }
  }
}
"""


def module(terraform: Terraform, more: str) -> str:
    """A run of the module alone, with what the project says."""
    ruleset = json.loads((terraform.folder.parents[1] / RULESET).read_text())
    given = {
        "name": "fraud-scoring",
        "review": parameters(ruleset, "pull_request"),
        "required_checks": ["pass"],
        "environments": {"prod": True},
        **json.loads((terraform.folder / OWNERSHIP).read_text()),
    }
    values = "\n".join(f"{name} = {json.dumps(value)}" for name, value in given.items())
    return f"""
run "module" {{
  module {{
    source = "../modules/repository"
  }}
  variables {{
    {values}
  }}
  {more}
}}
"""


def asserting(*conditions: str) -> str:
    """Assertions of a run."""
    return "\n".join(f'assert {{\n condition = {each}\n error_message = "not so"\n}}' for each in conditions)


def outcome_of(terraform: Terraform, *runs: str) -> tuple[int, str]:
    """Exit code and output of `terraform test`; nothing stays behind."""
    file = terraform.folder / "repository.tftest.hcl"
    file.write_text("\n".join([MOCKS, *runs]))
    terraform.run("get", "-no-color")
    done = terraform.init()
    done = terraform.run("test", "-no-color") if done.returncode == 0 else done
    file.unlink()
    return done.returncode, done.stdout


def test_terraform_finds_every_file_well_formatted_and_right(terraform: Terraform) -> None:
    formatted = terraform.run("fmt", "-check", "-recursive", "-diff", "..")
    valid = terraform.run("validate", "-no-color")

    assert formatted.returncode == 0, formatted.stdout
    assert valid.returncode == 0, valid.stdout


def test_the_repository_is_managed_with_what_raci_yml_says(terraform: Terraform) -> None:
    code, output = outcome_of(
        terraform,
        'run "all" {\n' + asserting("output.environments == { dev = false, prod = true, staging = true }") + "\n}",
    )

    assert code == 0, output


def test_without_a_cloud_there_is_no_terraform_for_the_repository_and_the_ruleset_is_there(project: Path) -> None:
    assert not (project / "infra/repository").exists()
    assert not (project / "infra/modules/repository").exists()
    assert (project / RULESET).is_file()


RULES = "github_repository_ruleset.main.rules[0]"
ASKED = f"{RULES}.pull_request[0]"


def test_both_sides_of_a_handoff_must_approve_and_teams_that_review_may_write(terraform: Terraform) -> None:
    asked = json.loads((terraform.folder / OWNERSHIP).read_text())["ownership"]["reviewers"]
    sides = [each["team"] for each in asked if "/handoff/" in each["paths"]]

    code, output = outcome_of(
        terraform,
        module(
            terraform,
            asserting(
                f"length({ASKED}.required_reviewers) == {len(asked)}",
                f"alltrue([for each in {ASKED}.required_reviewers : each.minimum_approvals == 1"
                " && each.reviewer[0].id == 42])",
                f'length([for each in {ASKED}.required_reviewers : each if contains(each.file_patterns, "/handoff/")])'
                f" == {len(sides)}",
                f"{ASKED}.require_code_owner_review && {ASKED}.dismiss_stale_reviews_on_push",
                f"{RULES}.deletion && {RULES}.non_fast_forward",
                f'tolist({RULES}.required_status_checks[0].required_check)[0].context == "pass"',
                *(f'github_team_repository.this["{team}"].permission == "push"' for team in sides),
                'github_team_repository.this["finops"].permission == "pull"',
            ),
        ),
    )

    assert sides == ["fraud-scoring-science", "fraud-scoring-operations"]
    assert code == 0, output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("require_code_owner_review ", "require_code_owners_review "),
        ("minimum_approvals = 1", "minimum_approval = 1"),
        ('github_repository_environment" "this', 'github_environment" "this'),
    ],
)
def test_terraform_refuses_what_github_does_not_know(terraform: Terraform, right: str, wrong: str) -> None:
    file = terraform.folder.parent / "modules/repository/main.tf"
    original = file.read_text()
    assert right in original
    file.write_text(original.replace(right, wrong))

    valid = terraform.run("validate", "-no-color")

    file.write_text(original)
    assert valid.returncode == 1, valid.stdout
