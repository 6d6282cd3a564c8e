"""A generated repository's CI, lived through: its own steps, run on this machine, job by job.

Slow: it installs the project and trains a model.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import workflow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]

ALL = ["changes", "quality", "secrets", "test", "notebooks", "handoff", "image"]


def notebook(source: str, *shown: str) -> str:
    """A notebook of one cell, and what it showed when it last ran."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": [each]} for each in shown]
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": [source], "outputs": outputs}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": [cell | {"execution_count": len(shown) or None}],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


class Checkout:
    """A clone of the project, in which a test changes what it likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, *arguments: str) -> str:
        """Run a command in the clone, as a member of the team would."""
        done = subprocess.run(
            arguments, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.command("git", "add", "--all")
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
        self.command("git", *who, "commit", "--quiet", "--no-verify", "--message", message)

    def write(self, path: str, text: str) -> None:
        """Write a file, whatever was there."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Change the first `old` in a file."""
        text = (self.folder / path).read_text()
        assert old in text, f"{path} no longer says {old!r}"
        self.write(path, text.replace(old, new, 1))

    def ci(self, job: str) -> workflow.Job:
        """Commit everything and run a job, as CI would after a push."""
        self.commit("Try this")
        return workflow.run(self.folder, ["changes", job])[job]


def clone(project: Path, folder: Path) -> Checkout:
    """What CI would check out: committed files, and nothing else."""
    subprocess.run(["git", "clone", "--quiet", str(project), str(folder)], check=True)
    return Checkout(folder)


@pytest.fixture(scope="module")
def first(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, dict[str, workflow.Job]]:
    """The first push, before anyone committed a lock or handed anything over: the clone, and how each job ended."""
    checkout = clone(lived_in, tmp_path_factory.mktemp("push") / "project")
    if (checkout.folder / "uv.lock").exists():
        checkout.command("git", "rm", "--quiet", "uv.lock")
        checkout.commit("Push without a lock")
    return checkout, workflow.run(checkout.folder, ALL)


@pytest.fixture(scope="module")
def settled(first: tuple[Checkout, dict[str, workflow.Job]]) -> Checkout:
    """The second push: uv.lock is committed."""
    checkout, _ = first
    checkout.commit("Lock what is installed")
    return checkout


@pytest.fixture
def checkout(settled: Checkout) -> Iterator[Checkout]:
    """The second push, put back after each test (the environment stays, so that installing again takes no time)."""
    start = settled.command("git", "rev-parse", "HEAD").strip()
    yield settled
    settled.command("git", "reset", "--quiet", "--hard", start)
    settled.command("git", "clean", "--quiet", "--force", "-d")


# The first push -------------------------------------------------------------
@pytest.mark.parametrize("job", ALL)
def test_the_first_push_is_green(first: tuple[Checkout, dict[str, workflow.Job]], job: str) -> None:
    _, jobs = first

    assert jobs[job].result == "success", jobs[job]


def test_the_first_push_asks_for_the_lock(first: tuple[Checkout, dict[str, workflow.Job]]) -> None:
    _, jobs = first

    assert "run 'uv lock' and commit uv.lock" in jobs["quality"].summary


def test_the_first_push_says_that_nothing_was_handed_over(first: tuple[Checkout, dict[str, workflow.Job]]) -> None:
    _, jobs = first

    assert "nothing handed over yet" in jobs["handoff"].summary
    assert "nothing handed over yet, so there is no image" in jobs["image"].summary


# What is refused ------------------------------------------------------------
def test_a_lock_that_no_longer_fits_is_refused(checkout: Checkout) -> None:
    checkout.replace("pyproject.toml", "dependencies = [", 'dependencies = [\n  "six==1.17.0",')

    outcome = checkout.ci("test")

    assert outcome.failed == ["Install what uv.lock names"]
    assert "uv.lock" in outcome.steps[0].output


def test_pre_commit_names_everything_that_is_unclean(checkout: Checkout) -> None:
    checkout.write("notebooks/run.ipynb", notebook("1", "1"))
    checkout.write("notes.md", "<<<<<<< before updating\na\n=======\nb\n>>>>>>> after updating\n")
    checkout.write("data.csv", "0123456789\n" * 500_000)
    checkout.write("tests/test_unclean.py", "import os\nimport pickle\nx=pickle.loads( b'' )\n")

    outcome = checkout.ci("quality")

    (unclean,) = (step for step in outcome.steps if step.result == "failure")
    assert unclean.name == "Style and hygiene", outcome
    for fact in [
        "notes.md:1:<<<<<<< before updating",
        "data.csv: 5 MB",
        "S301",
        "1 file reformatted",
        "notebooks without outputs",
    ]:
        assert fact in unclean.output, outcome


def test_a_wrong_type_is_refused(checkout: Checkout) -> None:
    checkout.write("tests/test_types.py", "LIMIT: int = str(1)\n")

    outcome = checkout.ci("quality")

    assert outcome.failed == ["Types"], outcome
    assert "tests/test_types.py:1: error: Incompatible types in assignment" in str(outcome)


def test_an_api_that_drifted_from_its_contract_is_refused(checkout: Checkout) -> None:
    checkout.replace("contracts/api.json", '"/v1/predict"', '"/v2/predict"')

    outcome = checkout.ci("quality")

    assert "contracts/api.json" in str(outcome)
    assert outcome.result == "failure", outcome


def test_codeowners_that_nobody_derived_is_refused(checkout: Checkout) -> None:
    checkout.write(".github/CODEOWNERS", "* @mallory\n")

    outcome = checkout.ci("quality")

    assert ".github/CODEOWNERS" in str(outcome)
    assert outcome.result == "failure", outcome


def test_a_size_that_follows_from_nothing_is_refused(checkout: Checkout) -> None:
    checkout.replace("deploy/sized/kustomization.yaml", "maxReplicas: 6", "maxReplicas: 60")

    outcome = checkout.ci("quality")

    assert outcome.result == "failure", outcome
    assert "DEPLOY001  says `maxReplicas: 60`" in str(outcome)


def test_an_activity_that_two_roles_answer_for_is_refused(checkout: Checkout) -> None:
    checkout.replace("raci.yml", "{devops-sre: RA, platform-engineer: C", "{devops-sre: RA, platform-engineer: A")

    outcome = checkout.ci("quality")

    assert outcome.result == "failure", outcome
    assert "Manage the infrastructure: 2 accountable roles" in str(outcome)


def test_a_failing_test_is_refused(checkout: Checkout) -> None:
    checkout.write("tests/test_wrong.py", "def test_wrong() -> None:\n    assert 1 > 2\n")

    assert checkout.ci("test").failed == ["Tests"]


def test_a_notebook_that_does_not_run_is_refused(checkout: Checkout) -> None:
    checkout.write("notebooks/broken.ipynb", notebook("1 / 0"))

    outcome = checkout.ci("notebooks")

    assert outcome.failed == ["Run every notebook from top to bottom"]
    assert "ZeroDivisionError" in str(outcome)


def test_a_repository_without_notebooks_is_fine(checkout: Checkout) -> None:
    checkout.command("git", "rm", "--quiet", "-r", "notebooks")

    outcome = checkout.ci("notebooks")

    assert outcome.result == "success", outcome
    assert "no notebook yet" in outcome.summary


def test_a_package_whose_licence_nobody_allowed_is_refused(checkout: Checkout) -> None:
    checkout.command("uv", "add", "--quiet", "unidecode==1.4.0")

    outcome = checkout.ci("quality")

    assert outcome.failed == ["Licences of what an image holds are allowed"], outcome
    assert "Unidecode:1.4.0" in str(outcome) and "GPL" in str(outcome)
    assert "its licence is not in platform/config/licences.txt" in str(outcome)


def test_a_tool_that_no_image_holds_may_have_any_licence(checkout: Checkout) -> None:
    checkout.command("uv", "add", "--quiet", "--dev", "unidecode==1.4.0")

    outcome = checkout.ci("quality")

    assert outcome.result == "success", outcome


# Secrets --------------------------------------------------------------------
# Put together here, so that no scanner takes this file for one that holds them.
KEYS = {
    "AWS Access Key": "AKIA" + "IOSFODNN7EXAMPLF",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub Token": "ghp_" + "x7Kq2Vn9Lm4Rt8Yw3Zb6Hc1Jd5Fg0SaPeUoI",
    "Secret Keyword": 'password = "' + 'tr0ub4dor-and-3"',
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_in_a_file_is_refused_before_it_is_committed(checkout: Checkout, kind: str) -> None:
    checkout.write(
        "settings.py", f"# line 1\nKEY = {KEYS[kind]!r}\n" if "=" not in KEYS[kind] else f"# 1\n{KEYS[kind]}\n"
    )
    checkout.command("git", "add", "settings.py")

    done = subprocess.run(
        ["uv", "run", "pre-commit", "run", "secrets"], cwd=checkout.folder, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert kind in done.stdout and "settings.py:2" in done.stdout, done.stdout


def test_a_key_that_a_later_commit_took_away_is_refused_with_its_commit(checkout: Checkout) -> None:
    checkout.write("src/fraud_scoring/keys.py", f'KEY = "{KEYS["AWS Access Key"]}"\n')
    checkout.commit("Add a key")
    commit = checkout.command("git", "rev-parse", "HEAD").strip()
    checkout.command("git", "rm", "--quiet", "src/fraud_scoring/keys.py")

    outcome = checkout.ci("secrets")

    assert outcome.failed == ["No commit of the change holds a secret"], outcome
    assert f"{commit}/src/fraud_scoring/keys.py:1" in str(outcome)
    assert "revoke it first" in str(outcome)


def test_what_only_looks_like_a_key_may_be_marked(checkout: Checkout) -> None:
    checkout.write("tests/test_key.py", f'KEY = "{KEYS["AWS Access Key"]}"  # pragma: allowlist secret\n')

    assert checkout.ci("secrets").result == "success"


def test_of_a_pull_request_only_its_own_commits_are_looked_at(checkout: Checkout) -> None:
    checkout.write("old.py", f'KEY = "{KEYS["AWS Access Key"]}"\n')
    checkout.commit("Long ago")
    base = {"event": {"pull_request": {"base": {"sha": checkout.command("git", "rev-parse", "HEAD").strip()}}}}
    checkout.write("new.py", "LIMIT = 1\n")
    checkout.commit("Now")

    outcome = workflow.run(checkout.folder, ["secrets"], github=base)["secrets"]

    assert outcome.result == "success", outcome
    assert "looking into 1 commits" in str(outcome)


# The handoff ----------------------------------------------------------------
@pytest.fixture(scope="module")
def delivered(settled: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A clone in which a model was handed over."""
    checkout = clone(settled.folder, tmp_path_factory.mktemp("handoff") / "project")
    checkout.command("uv", "run", "road", "train")
    checkout.command("uv", "run", "road", "handoff", "build")
    checkout.command("uv", "run", "road", "deploy", "sync")
    checkout.commit("Hand the model over")
    return checkout


@pytest.fixture
def handed_over(delivered: Checkout) -> Iterator[Checkout]:
    """The same, put back after each test."""
    start = delivered.command("git", "rev-parse", "HEAD").strip()
    yield delivered
    delivered.command("git", "reset", "--quiet", "--hard", start)
    delivered.command("git", "clean", "--quiet", "--force", "-d")


def test_a_model_that_was_handed_over_is_verified(delivered: Checkout) -> None:
    outcome = workflow.run(delivered.folder, ["changes", "handoff"])["handoff"]

    assert outcome.result == "success", outcome
    assert "nothing handed over yet" not in outcome.summary


def test_every_other_job_stays_green_once_a_model_was_handed_over(delivered: Checkout) -> None:
    jobs = workflow.run(delivered.folder, ["changes", "quality", "secrets", "test"])

    assert {job.result for job in jobs.values()} == {"success"}, "\n".join(map(str, jobs.values()))


def test_a_model_with_one_byte_changed_is_refused(handed_over: Checkout) -> None:
    (model,) = (handed_over.folder / "handoff").glob("model-*.onnx")
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)

    outcome = handed_over.ci("handoff")

    assert outcome.failed == ["Hold the evidence against the promises"], outcome
    assert model.name in str(outcome)


def test_a_manifest_that_is_taken_away_is_refused(handed_over: Checkout) -> None:
    handed_over.command("git", "rm", "--quiet", "handoff/manifest.json")

    outcome = handed_over.ci("handoff")

    assert outcome.failed == ["Hold the evidence against the promises"], outcome
    assert "HANDOFF001" in str(outcome)
