"""One move of one environment, lived through with stand-ins for the cluster, the registry and GitHub."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import workflow
from tools.standins import Standins

from .conftest import git, installed, run

FILE = ".github/workflows/release.yml"
SET_UP = {"IMAGE_REGISTRY": "ghcr.io/acme", "DEV_CLUSTER": "https://dev.example.com", "DEV_CLUSTER_CA": "Y2E="}
RECORDS = "deploy/overlays/dev/releases.jsonl"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]
Jobs = dict[str, workflow.Job]


class Repository:
    """A clone, and what it is cloned from, as a workflow has them."""

    def __init__(self, folder: Path, origin: Path, standins: Standins) -> None:
        self.folder, self.origin, self.standins = folder, origin, standins

    def move(self, move: str, commit: str = "origin/main", variables: Any = SET_UP, **inputs: str) -> Jobs:
        """Run the workflow."""
        git(self.folder, "fetch", "-q", "--prune", "--force", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git(self.folder, "checkout", "-q", "--force", "--detach", commit)
        about = {"environment": "dev", "move": move, "version": "", "reason": "It is `better` $(really)"}
        return workflow.run(self.folder, file=FILE, github=self.github(), vars=variables, inputs=about | inputs)

    def github(self, **more: str) -> dict[str, Any]:
        known = {"ref": "refs/heads/main", "sha": git(self.folder, "rev-parse", "HEAD").strip(), "actor": "grace"}
        place = {"server_url": "https://github.com", "repository": "acme/fraud", "run_id": "5", "token": "t"}
        return known | place | more

    @property
    def records(self) -> list[dict[str, Any]]:
        """What waits on the branch of records."""
        branches = git(self.origin, "branch", "--list", "releases")
        if not branches:
            return []
        return [json.loads(line) for line in git(self.origin, "show", f"releases:{RECORDS}").splitlines()]

    @property
    def image(self) -> str:
        """What the cluster runs."""
        return (self.standins.folder / "image").read_text().strip()


@pytest.fixture(scope="module")
def origin(handed_over: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose main has two handoffs."""
    folder = tmp_path_factory.mktemp("origin")
    git(folder, "clone", "-q", str(handed_over), "work")
    work = installed(folder / "work", warm=handed_over)
    shutil.rmtree(work / "handoff")
    shutil.copytree(handed_over / "handoff", work / "handoff")
    shutil.copytree(handed_over / ".road", work / ".road", dirs_exist_ok=True)
    for words in ("Hand the first over", "Hand the second over"):
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", words)
        done = run(work, "road", "handoff", "build")
        assert done.returncode == 0, done.stdout + done.stderr
    git(work, "checkout", "-q", "--", ".")
    git(folder, "clone", "-q", "--bare", "work", "origin.git")
    return folder / "origin.git"


@pytest.fixture(scope="module")
def checkout(origin: Path, lived_in: Path) -> Path:
    """A clone of it, installed; every test gives it an origin of its own."""
    git(origin.parent, "clone", "-q", str(origin), "checkout")
    return installed(origin.parent / "checkout", warm=lived_in)


@pytest.fixture
def repository(origin: Path, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository where nothing was released; every image is in the registry, and signed."""
    shutil.copytree(origin, tmp_path / "origin.git")
    git(checkout, "remote", "set-url", "origin", str(tmp_path / "origin.git"))
    standins = Standins.of(tmp_path / "bin")
    standins.put("every-tag")
    standins.put("approver", "ada")
    monkeypatch.setenv("PATH", str(standins.folder), prepend=":")
    monkeypatch.setenv("PAUSE", "0")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.example.com/?a=b")
    return Repository(checkout, tmp_path / "origin.git", standins)


# A promotion ------------------------------------------------------------------
def test_a_promotion_is_written_down_and_then_brought_to_the_cluster_by_digest(repository: Repository) -> None:
    jobs = repository.move("promote")

    assert [job.result for job in jobs.values()] == ["success"] * 4 + ["skipped"], jobs
    (record,) = repository.records
    assert (record["move"], record["by"]) == ("promote", "grace <grace@users.noreply.github.com>")
    assert record["why"] == "It is `better` $(really) (let through by ada)"
    assert repository.image.startswith("ghcr.io/acme/fraud-scoring@sha256:")
    assert jobs["apply"].summary == f"{record['version']} is live in dev\n"
    assert "branch releases: https://github.com/acme/fraud/pull/7" in jobs["propose"].summary
    order = [call.split()[0:2] for call in repository.standins.calls]
    assert order.index(["cosign", "verify"]) < order.index(["kubectl", "apply"])


def test_a_second_promotion_stands_on_records_that_nobody_has_merged_yet(repository: Repository) -> None:
    repository.move("promote", commit="origin/main~1")

    repository.move("promote")

    first, second = repository.records
    assert second["instead_of"] == first["version"]
    assert second["seal"] != first["seal"]
    git(repository.folder, "checkout", "-q", "--force", "--detach", "origin/releases")
    status = run(repository.folder, "road", "release", "status", "--offline")
    assert status.returncode == 0, status.stdout


def test_merged_records_whose_branch_was_not_deleted_stand_in_nobodys_way(repository: Repository) -> None:
    repository.move("promote", commit="origin/main~1")
    git(repository.folder, "checkout", "-q", "--force", "--detach", "origin/main")
    git(repository.folder, "merge", "-q", "--squash", "origin/releases")
    git(repository.folder, "commit", "-q", "--no-verify", "-m", "Record what was released")
    git(repository.folder, "push", "-q", "origin", "HEAD:main")

    jobs = repository.move("promote")

    assert jobs["apply"].result == "success", jobs["apply"]
    assert len(repository.records) == 2


def test_a_canary_that_fails_is_rolled_back_and_both_is_written_down(repository: Repository) -> None:
    repository.move("promote", commit="origin/main~1")
    good = repository.image
    repository.standins.put("phases", "Progressing\nDegraded\n")

    jobs = repository.move("promote")

    assert jobs["apply"].result == "failure"
    first, second, third = repository.records
    assert [record["move"] for record in (first, second, third)] == ["promote", "promote", "rollback"]
    assert third["seal"] == first["seal"]
    assert third["why"].startswith("the canary did not hold: https://github.com/acme/fraud/actions/runs/5")
    assert repository.image == good
    assert "the canary in dev did not hold: the analysis failed" in jobs["apply"].summary
    assert f"did not hold in dev: rolled back to {first['version']}, and written down" in jobs["apply"].summary
    git(repository.folder, "checkout", "-q", "--force", "--detach", "origin/releases")
    status = run(repository.folder, "road", "release", "status", "--offline")
    assert status.returncode == 0, status.stdout


def test_a_first_version_whose_canary_fails_says_that_there_is_nothing_to_go_back_to(repository: Repository) -> None:
    repository.standins.put("phases", "Degraded\n")

    jobs = repository.move("promote")

    assert jobs["apply"].result == "failure"
    assert "did not hold in dev, and there is no version to go back to" in jobs["apply"].summary


def test_an_image_without_this_repositorys_signature_is_neither_written_down_nor_brought(
    repository: Repository,
) -> None:
    repository.standins.put("cosign.fails", "verify")

    jobs = repository.move("promote")

    assert jobs["apply"].failed == ["Is the image there, and signed?"]
    assert "carries no signature of https://github.com/acme/fraud/.github/" in jobs["apply"].summary
    assert repository.records == []
    assert repository.standins.called("kubectl apply") == []


def test_a_move_whose_record_cannot_be_pushed_is_not_made(repository: Repository) -> None:
    hook = repository.origin / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    jobs = repository.move("promote")

    assert jobs["apply"].failed == ["Write it down"]
    assert "the record could not be pushed to the branch releases" in jobs["apply"].summary
    assert repository.standins.called("kubectl apply") == []


def test_what_was_decided_does_not_hold_once_somebody_else_has_moved(repository: Repository) -> None:
    repository.move("promote", commit="origin/main~1")
    waiting = repository.folder.parent / "waiting"
    elsewhere = f"""
        git clone -q --branch releases {repository.origin} {waiting} && cd {waiting}
        sed -i p {RECORDS} && git commit -q -a -m Moved && git push -q origin releases"""
    repository.standins.put("meanwhile", elsewhere)
    repository.standins.forget()

    jobs = repository.move("promote")

    assert jobs["apply"].failed == ["Put the move in place"]
    assert "dev has moved since this was decided" in jobs["apply"].summary
    assert repository.standins.called("kubectl apply") == []


def test_a_version_that_is_recorded_already_is_only_brought_to_the_cluster_again(repository: Repository) -> None:
    repository.move("promote")
    repository.standins.forget()

    jobs = repository.move("promote")

    assert jobs["apply"].result == "success", jobs["apply"]
    assert "it is only brought to the cluster again" in jobs["decide"].summary
    assert len(repository.records) == 1
    assert len(repository.standins.called("kubectl apply")) == 1


# A rollback -------------------------------------------------------------------
def test_a_rollback_builds_nothing_and_needs_no_version(repository: Repository) -> None:
    repository.move("promote", commit="origin/main~1")
    good = repository.image
    repository.move("promote")
    repository.standins.forget()

    jobs = repository.move("rollback", reason="drift at 02:10")

    assert jobs["apply"].result == "success", jobs["apply"]
    last = repository.records[-1]
    assert (last["move"], last["why"]) == ("rollback", "drift at 02:10 (let through by ada)")
    assert repository.image == good
    assert repository.standins.called("docker build") == []


@pytest.mark.parametrize("version", ["9.9.9", ""])
def test_a_rollback_to_what_was_never_live_changes_nothing_and_says_so(repository: Repository, version: str) -> None:
    repository.move("promote")
    repository.standins.forget()

    jobs = repository.move("rollback", version=version)

    assert jobs["decide"].failed == ["Decide"]
    assert "RELEASE007" in str(jobs["decide"])
    assert jobs["apply"].result == "skipped"
    assert len(repository.records) == 1


# What is not set up -----------------------------------------------------------
@pytest.mark.parametrize(
    ("cloud", "missing"),
    [
        ("none", ["IMAGE_REGISTRY, where serving images are kept: ghcr.io/acme", "DEV_CLUSTER,", "DEV_CLUSTER_CA,"]),
        ("aws", ["DEV_CLUSTER, the ARN of the EKS cluster", "DEV_IDENTITY, the role to log in as"]),
        ("gcp", ["DEV_CLUSTER, the GKE cluster", "DEV_IDENTITY, the service account", "DEV_IDENTITY_PROVIDER,"]),
        ("azure", ["DEV_CLUSTER, the resource id", "DEV_IDENTITY, the client id", "AZURE_TENANT,"]),
    ],
)
@pytest.mark.parametrize(("move", "result"), [("promote", "success"), ("rollback", "failure")])
def test_what_is_not_set_up_is_named_and_nothing_is_decided(
    generate: Callable[..., Path], cloud: str, missing: list[str], move: str, result: str
) -> None:
    about = {"environment": "dev", "move": move, "version": "", "reason": "r"}

    jobs = workflow.run(generate(cloud=cloud), file=FILE, github={"ref": "refs/heads/main"}, inputs=about)

    assert jobs["look"].result == result, jobs["look"]
    for each in missing:
        assert f"dev is left as it is: set the repository's variable {each}" in jobs["look"].summary
    assert {jobs[name].result for name in ("decide", "apply", "propose", "tell")} == {"skipped"}
    if move == "rollback":
        assert "nothing was rolled back: do it by hand" in str(jobs["look"])


def test_only_main_is_released(generate: Callable[..., Path]) -> None:
    about = {"environment": "dev", "move": "promote", "version": "", "reason": "r"}

    jobs = workflow.run(generate(), ["look"], file=FILE, github={"ref": "refs/heads/mine"}, inputs=about)

    assert jobs["look"].result == "failure"
    assert "only main is released: start this workflow from main, not from refs/heads/mine" in str(jobs["look"])


@pytest.mark.parametrize("cloud", ["none", "aws", "gcp", "azure"])
def test_no_job_that_may_write_runs_a_package_of_the_project(generate: Callable[..., Path], cloud: str) -> None:
    project = generate(cloud=cloud)

    for name in ("release", "deliver"):
        jobs = yaml.safe_load((project / f".github/workflows/{name}.yml").read_text())["jobs"]
        for job in jobs.values():
            if "write" in job["permissions"].values():
                said = str(job.get("steps", []))
                assert "uv run" not in said and "install.sh" not in said and "setup-uv" not in said
