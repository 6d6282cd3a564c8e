"""The workflow that delivers a merged handoff, lived through with stand-ins for builder, registry and signing."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import workflow
from tools.standins import Standins

from .conftest import git, installed

FILE = ".github/workflows/deliver.yml"
MAIN = {"ref": "refs/heads/main", "server_url": "https://github.com", "repository": "acme/fraud", "actor": "grace"}
REGISTRY = {"IMAGE_REGISTRY": "ghcr.io/acme"}
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]


@pytest.fixture(scope="module")
def merged(handed_over: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which a handoff was merged."""
    folder = tmp_path_factory.mktemp("deliver")
    git(folder, "clone", "-q", str(handed_over), "project")
    shutil.rmtree(folder / "project/handoff")
    shutil.copytree(handed_over / "handoff", folder / "project/handoff")
    git(folder / "project", "add", "-A")
    git(folder / "project", "commit", "-q", "-m", "Hand fraud-scoring 1.0.0 over")
    return installed(folder / "project", warm=handed_over)


@pytest.fixture
def standins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standins:
    found = Standins.of(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(found.folder), prepend=":")
    return found


def publish(project: Path, **more: Any) -> workflow.Job:
    verified = {"verify": {"tag": "1.0.0-a-b"}}
    done = {"verify": "success", "build": "success"}
    return workflow.run(project, ["publish"], done, FILE, github=MAIN, vars=REGISTRY, outputs=verified)["publish"]


def test_a_handoff_is_verified_built_pushed_by_digest_signed_and_only_then_tagged(
    merged: Path, standins: Standins
) -> None:
    jobs = workflow.run(merged, file=FILE, github=MAIN, vars=REGISTRY)

    assert {job.result for job in jobs.values()} == {"success"}, jobs
    assert "verified: 11 checks hold" in str(jobs["verify"])
    assert jobs["verify"].outputs["reason"] == "Hand fraud-scoring 1.0.0 over"
    (built,) = standins.called("docker buildx build")
    assert "--build-arg MODEL_VERSION=1.0.0 --build-arg MODEL_REVISION=" in built
    image = "ghcr.io/acme/fraud-scoring"
    pushed = [call for call in standins.calls if call.startswith(("skopeo copy", "cosign sign"))]
    digest = pushed[1].rpartition("@")[2]
    assert pushed[0].endswith(f"docker://{image}@{digest}")
    assert pushed[1] == f"cosign sign --yes {image}@{digest}"
    assert pushed[2].endswith(f"docker://{image}:{jobs['verify'].outputs['tag']}")


def test_the_tag_is_the_one_that_a_release_writes_down(merged: Path, standins: Standins) -> None:
    jobs = workflow.run(merged, ["verify"], file=FILE, github=MAIN, vars=REGISTRY)

    manifest = yaml.safe_load((merged / "handoff/manifest.json").read_text())
    artifact = manifest["artifact"]["file"]["sha256"][:12]
    assert jobs["verify"].outputs["tag"] == f"1.0.0-{artifact}-{manifest['seal'][:8]}"


def test_an_unverified_handoff_is_not_delivered(merged: Path, standins: Standins) -> None:
    (model,) = (merged / "handoff").glob("model-*.onnx")
    sound = model.read_bytes()
    model.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))

    jobs = workflow.run(merged, file=FILE, github=MAIN, vars=REGISTRY)
    model.write_bytes(sound)

    assert jobs["verify"].failed == ["Hold the evidence against the promises"]
    assert "artifact: model" in str(jobs["verify"])
    assert {jobs[name].result for name in ("build", "publish", "dev", "staging", "prod")} == {"skipped"}
    assert standins.calls == []


def test_an_image_under_that_tag_which_somebody_else_pushed_is_not_signed(merged: Path, standins: Standins) -> None:
    standins.put("every-tag")
    standins.put("cosign.fails", "verify")

    outcome = publish(merged)

    assert outcome.result == "failure"
    assert "is there already, and this workflow did not sign it: find out whose it is, remove it" in str(outcome)
    assert standins.called("cosign sign") == standins.called("skopeo copy") == []


def test_an_image_that_was_delivered_once_stays_what_it_is(merged: Path, standins: Standins) -> None:
    standins.put("every-tag")

    outcome = publish(merged)

    assert outcome.result == "success", outcome
    assert "ghcr.io/acme/fraud-scoring:1.0.0-a-b is there already, as sha256:" in outcome.summary
    assert standins.called("cosign sign") == standins.called("skopeo copy") == []


def test_an_image_that_cannot_be_signed_gets_no_tag(merged: Path, standins: Standins) -> None:
    standins.put("cosign.fails", "sign")

    outcome = publish(merged)

    assert outcome.failed == ["Sign it"]
    assert len(standins.called("skopeo copy")) == 1


@pytest.mark.parametrize(
    ("answers", "variables", "missing"),
    [
        ({}, {}, "set the repository's variable IMAGE_REGISTRY, where serving images are pushed to: ghcr.io/acme"),
        (
            {"cloud": "azure", "container_registry": "acme.azurecr.io"},
            {"IMAGE_REGISTRY": "acme.azurecr.io"},
            "set the repository's variable DEV_IDENTITY, which may push images",
        ),
    ],
)
def test_what_is_not_set_up_is_named_and_nothing_is_delivered(
    generate: Callable[..., Path], answers: dict[str, str], variables: dict[str, str], missing: str
) -> None:
    project = generate(**answers)
    (project / "handoff/manifest.json").write_text("{}")

    jobs = workflow.run(project, file=FILE, github=MAIN, vars=variables)

    assert jobs["verify"].result == "success", jobs["verify"]
    assert f"not delivered: {missing}" in jobs["verify"].summary
    assert {job.result for name, job in jobs.items() if name != "verify"} == {"skipped"}


@pytest.mark.parametrize(
    ("github", "variables", "message"),
    [
        (MAIN | {"ref": "refs/heads/mine"}, REGISTRY, "only main is delivered"),
        (MAIN, {"IMAGE_REGISTRY": "ghcr.io/other"}, "deploy/base takes images from ghcr.io/acme: copier update"),
    ],
)
def test_what_would_deliver_another_thing_than_is_served_is_refused(
    generate: Callable[..., Path], github: dict[str, str], variables: dict[str, str], message: str
) -> None:
    project = generate()
    (project / "handoff/manifest.json").write_text("{}")

    jobs = workflow.run(project, ["verify"], file=FILE, github=github, vars=variables)

    assert jobs["verify"].result == "failure"
    assert message in str(jobs["verify"])


def test_a_repository_that_handed_nothing_over_is_green(generate: Callable[..., Path]) -> None:
    jobs = workflow.run(generate(), file=FILE, github=MAIN, vars=REGISTRY)

    assert jobs["verify"].summary == "not delivered: nothing is handed over\n"
    assert jobs["build"].result == "skipped"


@pytest.fixture
def written(generate: Callable[..., Path]) -> dict[Any, Any]:
    return dict(yaml.safe_load((generate() / FILE).read_text()))


def test_environments_come_one_after_the_other(written: dict[Any, Any]) -> None:
    needs = {name: written["jobs"][name]["needs"] for name in ("dev", "staging", "prod")}

    assert needs["dev"] == ["verify", "publish"]
    assert needs["staging"][-1] == "dev"
    assert needs["prod"][-1] == "staging"


def test_what_could_be_fixed_and_is_not_fails_the_scan_of_the_very_bytes_that_are_pushed(
    written: dict[Any, Any],
) -> None:
    steps = written["jobs"]["build"]["steps"]
    scan = next(step["with"] for step in steps if step.get("name") == "Refuse what has a fix and is not fixed")

    assert scan["exit-code"] == "1"
    assert scan["ignore-unfixed"] is True
    assert scan["severity"] == "HIGH,CRITICAL"
    assert scan["input"] == "${{ runner.temp }}/image"
