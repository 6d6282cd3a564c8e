"""Which jobs of CI a change concerns: told by git, and everything where it cannot be told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tools import workflow

from tests.template.conftest import git

Generate = Callable[..., Path]

ALL = {"test", "notebooks", "handoff", "image", "kubernetes", "monitoring", "infra", "workflows"}
CODE = {"test", "notebooks"}


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    folder = generate(cloud="aws")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First commit")
    return folder


@pytest.fixture
def branch(project: Path) -> Path:
    """The project on a branch of its own, at what main is."""
    git(project, "checkout", "-q", "-f", "-B", "change", "main")
    git(project, "clean", "-q", "-f", "-d")
    return project


def looked(project: Path, base: str) -> dict[str, set[str]]:
    """What the first job says, as of a pull request with this base."""
    event = {"event": {"pull_request": {"base": {"sha": base}}}} if base else {"event": {"before": "HEAD^"}}
    job = workflow.run(project, ["changes"], github=event)["changes"]
    assert job.result == "success", job
    return {name: set(text.split(",")) - {""} for name, text in job.outputs.items()}


def edited(project: Path, path: str) -> str:
    """Change a file and commit it; the commit before."""
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    with (project / path).open("a") as file:
        file.write("\n")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Change")
    return git(project, "rev-parse", "HEAD^").strip()


@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("README.md", set()),
        ("docs/handoff.md", set()),
        ("notebooks/02-more.ipynb", {"notebooks"}),
        ("tests/test_more.py", {"test"}),
        ("src/fraud_scoring/features.py", CODE | {"handoff"}),
        ("contracts/model.yml", CODE | {"handoff", "image", "kubernetes"}),
        ("raci.yml", CODE | {"handoff", "image", "kubernetes"}),
        ("uv.lock", CODE | {"handoff"}),
        ("Dockerfile", CODE | {"image"}),
        ("deploy/base/service.yaml", {"kubernetes"}),
        ("monitoring/rules.yml", {"monitoring"}),
        ("infra/modules/project/main.tf", {"infra"}),
        ("platform/pyproject.toml", ALL - {"workflows"}),
        (".github/workflows/train.yml", ALL),
        ("what-nobody-foresaw/file.txt", CODE),
    ],
)
def test_a_change_concerns_the_jobs_that_look_at_it(branch: Path, path: str, concerned: set[str]) -> None:
    base = edited(branch, path)

    said = looked(branch, base)

    assert said == {"touched": concerned, "untouched": ALL - concerned}


def test_a_file_that_moved_concerns_the_jobs_of_both_places(branch: Path) -> None:
    git(branch, "mv", "infra/modules/project/README.md", "monitoring/README.txt")
    git(branch, "commit", "-q", "-m", "Move")

    said = looked(branch, git(branch, "rev-parse", "HEAD^").strip())

    assert said["touched"] == {"infra", "monitoring"}


def test_what_main_went_on_to_is_not_the_changes(branch: Path) -> None:
    edited(branch, "infra/modules/project/main.tf")
    main = git(branch, "rev-parse", "HEAD").strip()
    git(branch, "checkout", "-q", "-B", "other", "main")
    edited(branch, "docs/handoff.md")

    assert looked(branch, main)["touched"] == set()


@pytest.mark.parametrize("base", ["", "0" * 40], ids=["a push", "a commit that is not there"])
def test_what_cannot_be_told_concerns_every_job(branch: Path, base: str) -> None:
    edited(branch, "README.md")

    assert looked(branch, base) == {"touched": ALL, "untouched": set()}


def test_a_change_of_words_alone_is_green_without_the_other_jobs(branch: Path) -> None:
    base = edited(branch, "docs/handoff.md")

    jobs = workflow.run(
        branch,
        ["changes", *ALL, "pass"],
        {"quality": "success", "secrets": "success"},
        github={"event": {"pull_request": {"base": {"sha": base}}}},
    )

    assert {jobs[name].result for name in ALL} == {"skipped"}
    assert jobs["pass"].result == "success", jobs["pass"]


def test_without_a_cloud_nothing_asks_for_terraform(generate: Generate) -> None:
    project = generate()

    text = "".join(path.read_text() for path in (project / ".github/workflows").iterdir())

    assert "infra" not in text.replace("infrastructure", "")
    assert not (project / "platform/config/terraform.sh").exists()
