"""The workflow, the image and the catalog entry of a generated repository, held against their own tools."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs, workflow

Generate = Callable[..., Path]

HOSTILE = 'It\'s "a" `b` $HOME $(id) ${x} %{y} {{ z }} \\ # : é 🙂'
CI = ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    """A project of a demanding organisation: every answer that reaches a file of delivery is unusual."""
    return generate(
        project_name="Is It-Fraud 2.0",
        description=HOSTILE,
        organization="Acme-42",
        cloud="aws",
        gpu=True,
        ci_runner="self.hosted_large-1",
        cost_center="0123",
        container_registry="registry.example.com:5000/ml/models",
    )


@pytest.fixture(scope="module")
def jobs(project: Path) -> dict[str, Any]:
    """The workflow's jobs, as written."""
    return dict(yaml.safe_load((project / CI).read_text())["jobs"])


# The workflow ---------------------------------------------------------------
def test_every_job_runs_where_the_answer_says(jobs: dict[str, Any]) -> None:
    assert {job["runs-on"] for job in jobs.values()} == {"self.hosted_large-1"}


# Its gate -------------------------------------------------------------------
def test_the_required_check_waits_for_every_other_job(jobs: dict[str, Any]) -> None:
    assert set(jobs["pass"]["needs"]) == set(jobs) - {"pass"}


CONCERNED_ONLY = ["test", "notebooks", "handoff", "image", "kubernetes", "monitoring", "infra", "workflows"]


def passed(project: Path, untouched: str, **results: str) -> workflow.Job:
    """How the required check ends where all jobs succeeded but these, and the first one left out some."""
    needed = dict.fromkeys(yaml.safe_load((project / CI).read_text())["jobs"]["pass"]["needs"], "success") | results
    return workflow.run(project, ["pass"], needed, outputs={"changes": {"untouched": untouched}})["pass"]


def test_a_job_is_left_out_by_the_first_one_or_not_at_all(jobs: dict[str, Any]) -> None:
    conditions = {name: job["if"] for name, job in jobs.items() if "if" in job and name != "pass"}

    assert conditions == {name: f"contains(needs.changes.outputs.touched, ',{name},')" for name in CONCERNED_ONLY}
    assert all(jobs[name]["needs"] == ["changes"] for name in conditions)


def test_the_required_check_passes_when_every_job_succeeded(project: Path) -> None:
    outcome = passed(project, ",")

    assert outcome.result == "success", outcome


def test_the_required_check_passes_when_what_the_change_does_not_concern_was_left_out(project: Path) -> None:
    outcome = passed(project, ",image,infra,", image="skipped", infra="skipped")

    assert outcome.result == "success", outcome
    assert "image: not concerned by the change" in outcome.steps[0].output


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
@pytest.mark.parametrize("job", ["changes", "quality", "secrets", *CONCERNED_ONLY])
def test_the_required_check_refuses_when_one_job_did_not_succeed(project: Path, job: str, result: str) -> None:
    outcome = passed(project, ",", **{job: result})

    assert outcome.result == "failure", outcome
    assert f"{job}: {result}, where it had to succeed: open the red one, mend it, push" in outcome.steps[0].output


@pytest.mark.parametrize("result", ["failure", "cancelled"])
def test_the_required_check_refuses_a_job_that_should_not_have_run_and_failed(project: Path, result: str) -> None:
    outcome = passed(project, ",image,", image=result)

    assert outcome.result == "failure", outcome


def test_the_required_check_refuses_when_nobody_said_what_is_concerned(project: Path) -> None:
    outcome = passed(project, "", changes="failure", **dict.fromkeys(CONCERNED_ONLY, "skipped"))

    assert outcome.result == "failure", outcome
    assert all(f"{job}: " in outcome.steps[0].output for job in ["changes", *CONCERNED_ONLY])


def test_github_refuses_a_workflow_that_waits_for_a_job_that_is_not_there(project: Path) -> None:
    broken = project / ".github/workflows/broken.yml"
    broken.write_text((project / CI).read_text().replace("- quality\n", "- qualify\n"))

    with pytest.raises(ValueError, match="qualify"):
        workflow.run(project, ["pass"], file=".github/workflows/broken.yml")

    broken.unlink()


# pre-commit -----------------------------------------------------------------
def test_pre_commit_accepts_its_configuration(project: Path) -> None:
    code, output = needs.said("pre-commit", "validate-config", ".pre-commit-config.yaml", cwd=project)

    assert code == 0, output


def test_no_hook_is_fetched_from_elsewhere(project: Path) -> None:
    config = yaml.safe_load((project / ".pre-commit-config.yaml").read_text())

    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert {hook["language"] for repo in config["repos"] for hook in repo["hooks"]} <= {"system", "pygrep"}


# The image ------------------------------------------------------------------
def instructions(project: Path) -> Iterator[str]:
    """The Dockerfile's instructions, each on one line, without comments."""
    lines = (line for line in (project / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#"))
    yield from filter(None, "\n".join(lines).replace("\\\n", " ").splitlines())


def labels(project: Path) -> dict[str, str]:
    """What the Dockerfile labels its image with."""
    return dict(
        shlex.split(line.removeprefix("LABEL "))[0].split("=", 1)
        for line in instructions(project)
        if line.startswith("LABEL ")
    )


def test_the_dockerfile_is_accepted_by_hadolint(project: Path) -> None:
    code, output = needs.said("hadolint", "Dockerfile", cwd=project)

    assert code == 0, output


def test_the_image_carries_the_answers_word_for_word(project: Path) -> None:
    said = labels(project)

    assert said["org.opencontainers.image.title"] == "Is It-Fraud 2.0"
    assert said["org.opencontainers.image.description"] == HOSTILE
    assert said["org.opencontainers.image.source"] == "https://github.com/Acme-42/is-it-fraud-2-0"


def test_the_image_serves_as_a_numbered_user_and_gets_no_training_code(project: Path) -> None:
    final = "\n".join(instructions(project)).rsplit("FROM ", 1)[1]

    copied = re.findall(r"^COPY --from=builder --chown=0:0 (.+) \S+$", final, re.MULTILINE)
    names = [
        "/app/.venv/",
        "/app/.pycache/",
        "/app/pyproject.toml",
        "/app/raci.yml",
        "/app/contracts/",
        "/app/handoff/",
    ]
    assert " ".join(copied).split() == names
    assert len(copied) == final.count("COPY ")
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", final, re.MULTILINE)
    assert "uv " not in final


def test_an_image_that_is_pinned_by_digest_says_so(generate: Generate) -> None:
    digest = f"sha256:{'0' * 64}"
    base, uv = f"registry.example.com/python:3.12@{digest}", f"registry.example.com/uv:0.13.8@{digest}"

    project = generate(base_image=base, uv_image=uv)

    started = [line for line in instructions(project) if line.startswith("FROM ")]
    assert started == [f"FROM {uv} AS uv", f"FROM {base} AS builder", f"FROM {base}"]
    assert labels(project)["org.opencontainers.image.base.name"] == "registry.example.com/python:3.12"
    assert labels(project)["org.opencontainers.image.base.digest"] == digest


def test_only_what_is_listed_enters_the_build_of_the_image(project: Path) -> None:
    rules = [line for line in (project / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]

    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed.isdisjoint({"src", "tests", "notebooks", ".git", ".road", "platform"})


# The catalog ----------------------------------------------------------------
def test_the_catalog_knows_the_service_its_interface_and_who_operates_it(project: Path) -> None:
    component, api, _ = yaml.safe_load_all((project / "catalog-info.yaml").read_text())
    raci = yaml.safe_load((project / "raci.yml").read_text())

    assert component["metadata"]["name"] == "is-it-fraud-2-0"
    assert component["metadata"]["description"] == HOSTILE
    assert component["spec"]["providesApis"] == [api["metadata"]["name"]]
    assert api["spec"]["definition"] == {"$text": "./contracts/api.json"}
    team = raci["roles"]["mlops-engineer"]["team"].rsplit("/", 1)[1]
    assert component["spec"]["owner"] == api["spec"]["owner"] == f"group:{team}"


def test_a_person_who_operates_alone_owns_the_catalog_entry(generate: Generate) -> None:
    project = generate(role_teams={"mlops-engineer": "@grace"})

    component, *_ = yaml.safe_load_all((project / "catalog-info.yaml").read_text())

    assert component["spec"]["owner"] == "user:grace"
