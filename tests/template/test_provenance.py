"""The signature of a generated repository's handoff, from the first key to the image, and the workflow that attests."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs, workflow

from .conftest import git

Generate = Callable[..., Path]
FILE = ".github/workflows/provenance.yml"


# The workflow -----------------------------------------------------------------
@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    """A project that nobody has worked on."""
    return generate()


@pytest.fixture(scope="module")
def jobs(project: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((project / FILE).read_text())["jobs"])


def test_no_package_runs_where_the_identity_can_be_used(jobs: dict[str, Any]) -> None:
    trusted = [name for name, job in jobs.items() if "id-token" in job["permissions"]]

    assert trusted == ["attest"]
    assert not [step for step in jobs["attest"]["steps"] if "run" in step]
    assert jobs["verify"]["permissions"] == {"contents": "read"}


def test_the_workflow_runs_only_on_main_and_only_for_a_handoff(project: Path) -> None:
    whole = yaml.safe_load((project / FILE).read_text())

    assert whole[True] == {"push": {"branches": ["main"], "paths": ["handoff/**"]}}  # `on` is a truth in YAML 1.1
    assert "secrets." not in (project / FILE).read_text()


def test_a_repository_that_handed_nothing_over_is_green_and_attests_nothing(project: Path) -> None:
    outcome = workflow.run(project, ["verify"], file=FILE)["verify"]

    assert outcome.result == "success", outcome
    assert "nothing is handed over, so there is nothing to attest" in outcome.summary
    assert {step.result for step in outcome.steps[1:]} == {"skipped"}


# The life of a signature ------------------------------------------------------
@pytest.fixture(scope="module")
def handed_over(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project with a handoff; it runs with the environment of the original."""
    folder = tmp_path_factory.mktemp("signed") / "project"
    git(lived_in, "clone", "-q", str(lived_in), str(folder))
    for verbs in (("train",), ("handoff", "build")):
        code, output = road(lived_in, folder, *verbs)
        assert code == 0, output
    return folder


def road(lived_in: Path, folder: Path, *arguments: str | Path) -> tuple[int, str]:
    program = lived_in / ".venv/bin/road"
    done = subprocess.run(
        [program, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, done.stdout


@pytest.fixture
def signed(lived_in: Path, handed_over: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy that requires signatures of its key, and whose handoff is signed."""
    folder = tmp_path / "project"
    shutil.copytree(handed_over, folder, symlinks=True)
    keys = folder / "keys"
    keys.mkdir()
    openssl = needs.program("openssl")
    make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(tmp_path / "key.pem")]
    subprocess.run([openssl, *make], check=True, capture_output=True)
    subprocess.run([openssl, "pkey", "-in", tmp_path / "key.pem", "-pubout", "-out", keys / "handoff.pub"], check=True)
    settings = folder / "pyproject.toml"
    table = '[tool.paved-road]\nsigning-key = "keys/handoff.pub"'
    settings.write_text(settings.read_text().replace("[tool.paved-road]", table))
    code, output = road(lived_in, folder, "handoff", "sign", "--key", tmp_path / "key.pem")
    assert code == 0, output
    yield folder


@pytest.mark.slow
@pytest.mark.xdist_group("life")
class TestLife:
    def test_verify_holds_a_signed_handoff_against_the_repositorys_key(self, lived_in: Path, signed: Path) -> None:
        code, output = road(lived_in, signed, "handoff", "verify")

        assert code == 0, output
        assert "✓ signature     made with key" in output

    def test_verify_refuses_an_unsigned_handoff_where_the_repository_names_a_key(
        self, lived_in: Path, signed: Path
    ) -> None:
        (signed / "handoff/manifest.json.sigstore.json").unlink()

        code, output = road(lived_in, signed, "handoff", "verify")

        assert code == 1
        assert "✗ signature     does not hold" in output
        assert "SIGNATURE004  signature: a signature is required, and there is none" in output

    def test_one_byte_changed_in_any_file_is_refused(self, lived_in: Path, signed: Path) -> None:
        files = [file for file in (signed / "handoff").iterdir() if "-" in file.name or file.name == "manifest.json"]

        for file in files:
            before = file.read_bytes()
            file.write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
            code, output = road(lived_in, signed, "handoff", "verify")
            file.write_bytes(before)
            assert code == 1, file
            assert "Traceback" not in output

    def test_a_new_build_takes_the_old_signatures_away(self, lived_in: Path, signed: Path) -> None:
        code, output = road(lived_in, signed, "handoff", "build")

        assert code == 0, output
        assert not (signed / "handoff/model.sig").exists()
        code, output = road(lived_in, signed, "handoff", "verify")
        assert code == 1
        assert "SIGNATURE004" in output

    def test_an_image_is_not_built_from_a_handoff_with_a_stale_signature(self, lived_in: Path, signed: Path) -> None:
        stale = (signed / "handoff/model.sig").read_bytes()
        road(lived_in, signed, "handoff", "build")
        (signed / "handoff/model.sig").write_bytes(stale)

        code, output = road(lived_in, signed, "handoff", "verify", "--served")

        assert code == 1
        assert "SIGNATURE005  signature: is of another handoff" in output

    def test_the_workflow_verifies_a_handoff_and_writes_its_bill_of_materials(
        self, lived_in: Path, signed: Path
    ) -> None:
        outcome = workflow.run(signed, ["verify"], file=FILE)["verify"]

        assert outcome.result == "success", outcome
        code, output = road(lived_in, signed, "handoff", "sbom", "--check", ".road/sbom.cdx.json")
        assert code == 0, output
