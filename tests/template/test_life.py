"""A project's life: train, hand over, verify, serve; and what each gate refuses on the way."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.template.conftest import run

pytestmark = pytest.mark.xdist_group("life")


def test_what_was_handed_over_verifies(handed_over: Path) -> None:
    done = run(handed_over, "road", "handoff", "verify")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified: 11 checks hold" in done.stdout


def test_its_own_tests_types_and_hooks_pass(handed_over: Path) -> None:
    for command in (
        ("pytest", "-q"),
        ("mypy", "--config-file", "platform/config/mypy.ini"),
        ("pre-commit", "run", "--all-files"),
    ):
        done = run(handed_over, *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_show_and_who_answer(handed_over: Path) -> None:
    shown = run(handed_over, "road", "handoff", "show")
    asked = run(handed_over, "road", "who", "src/fraud_scoring/model.py")

    assert "ML engineer" in shown.stdout
    assert "accountable" in asked.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("model", "artifact: model has digest"),
        ("golden", "baseline: golden dataset has digest"),
        ("predictions", "baseline: predictions has digest"),
        ("requirements", "dependencies: lock has digest"),
    ],
)
def test_verify_refuses_a_file_with_one_byte_changed(evidence: Path, name: str, message: str) -> None:
    file = next(evidence.glob(f"{name}-*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    done = run(evidence.parent, "road", "handoff", "verify")

    assert done.returncode == 1
    assert message in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", "is not JSON"),
        (lambda text: text[: len(text) // 2], "is not JSON"),
        (lambda text: "[]", "is not a JSON object"),
        (lambda text: text.replace('"manifest_version": 2', '"manifest_version": 3'), "copier update"),
        (lambda text: text.replace('"rows": 16000', '"rows": 16001'), "changed after it was built"),
        (lambda text: text.replace('"format": "onnx"', '"format": "pickle"'), "artifact.format"),
    ],
    ids=["empty", "truncated", "no object", "newer", "changed", "other format"],
)
def test_verify_refuses_a_changed_manifest(evidence: Path, change: Callable[[str], str], message: str) -> None:
    file = evidence / "manifest.json"
    file.write_text(change(file.read_text()))

    done = run(evidence.parent, "road", "handoff", "verify")

    assert done.returncode == 1
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_verify_refuses_a_resealed_manifest_with_a_better_metric(evidence: Path) -> None:
    from paved_road.handoff.manifest import seal_of

    file = evidence / "manifest.json"
    data = json.loads(file.read_text())
    data["baseline"]["metrics"]["precision"]["value"] = 0.99
    data["seal"] = seal_of(data)
    file.write_text(json.dumps(data))

    done = run(evidence.parent, "road", "handoff", "verify")

    assert done.returncode == 1
    assert "precision measured again gives another result" in done.stdout


def test_build_refuses_a_floor_that_is_not_reached_and_keeps_what_was_there(evidence: Path) -> None:
    project = evidence.parent
    contract = project / "contracts/model.yml"
    before, manifest = contract.read_text(), (evidence / "manifest.json").read_bytes()
    contract.write_text(before.replace("floor: 0.8\n", "floor: 0.999\n"))

    verified = run(project, "road", "handoff", "verify")
    built = run(project, "road", "handoff", "build")
    contract.write_text(before)

    assert verified.returncode == built.returncode == 1
    assert "contracts/model.yml changed since the handoff" in verified.stdout
    assert "changed since the candidate was trained" in built.stderr
    assert (evidence / "manifest.json").read_bytes() == manifest


def test_build_refuses_times_that_were_cut_to_float32_before_they_were_scaled(clone: Path) -> None:
    features = clone / "src/fraud_scoring/features.py"
    safe = "make_pipeline(StandardScaler(), CastTransformer(dtype=np.float32))"
    assert safe in features.read_text()
    features.write_text(
        features.read_text().replace(safe, "make_pipeline(CastTransformer(dtype=np.float32), StandardScaler())")
    )

    trained = run(clone, "road", "train")
    built = run(clone, "road", "handoff", "build")

    assert trained.returncode == 0, trained.stderr
    assert built.returncode == 1
    assert "PARITY002  the exported model does not predict what the trained one did" in built.stderr
    assert "in float64 until they are scaled: src/*/features.py shows how" in built.stderr
    assert not (clone / "handoff/manifest.json").exists()


def test_train_refuses_data_that_breaks_its_contract(handed_over: Path) -> None:
    data = handed_over / "src/fraud_scoring/data.py"
    before = data.read_text()
    data.write_text(before.replace('"amount": facts.amount,', '"amount": -facts.amount,'))

    done = run(handed_over, "road", "train")
    data.write_text(before)

    assert done.returncode == 1
    assert "DATA005" in done.stderr and "amount" in done.stderr
    assert (handed_over / ".road/candidate/run.json").is_file()


def test_road_outside_a_repository_says_so(tmp_path: Path, handed_over: Path) -> None:
    done = subprocess.run(
        [handed_over / ".venv/bin/road", "handoff", "verify"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "is not inside a generated repository" in done.stderr


def test_train_without_git_says_so(handed_over: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(handed_over, bare, ignore=shutil.ignore_patterns(".git", ".venv", ".road"))

    done = subprocess.run([handed_over / ".venv/bin/road", "train"], cwd=bare, capture_output=True, text=True)

    assert done.returncode == 1
    assert "is not a git repository" in done.stderr
