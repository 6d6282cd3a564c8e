"""Policy checks of Terraform: what checkov asks for is there, or stands with a reason in infra/.checkov.yaml."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tools import needs

Generate = Callable[..., Path]

pytestmark = pytest.mark.xdist_group("infra")


def failed(project: Path) -> set[str]:
    """Checks that infra/ of a project fails; checkov finds the allow-list in it, if there is one."""
    command = [str(needs.environment("checkov", "checkov==3.3.30") / "checkov"), "--directory", "infra"]
    done = subprocess.run(
        [*command, "--framework", "terraform", "--skip-download", "--output", "json"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["passed"] > 20, report["summary"]
    assert report["summary"]["parsing_errors"] == 0
    return {each["check_id"] for each in report["results"]["failed_checks"]}


def allowed(project: Path) -> set[str]:
    return set(yaml.safe_load((project / "infra/.checkov.yaml").read_text())["skip-check"])


@pytest.fixture(scope="module", params=["aws", "gcp", "azure"])
def project(request: pytest.FixtureRequest, generate: Generate) -> Path:
    return generate(cloud=request.param, gpu=True)


def test_the_allow_list_holds_what_fails_and_nothing_else(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "infra", tmp_path / "infra", ignore=shutil.ignore_patterns(".checkov.yaml"))

    assert failed(tmp_path) == allowed(project)


def test_everything_that_is_allowed_has_its_reason(project: Path) -> None:
    text = (project / "infra/.checkov.yaml").read_text()

    reasons = dict(re.findall(r"^  - (CKV\w+) # (\S.{20,})$", text, re.MULTILINE))

    assert set(reasons) == allowed(project)


@pytest.mark.parametrize(
    ("cloud", "planted", "refused"),
    [
        (
            "aws",
            {
                "artifact-store": ("block_public_acls       = true", "block_public_acls       = false"),
                "image-registry": ('"IMMUTABLE"', '"MUTABLE"'),
                "training-compute": ('http_tokens                 = "required"', 'http_tokens = "optional"'),
            },
            {"CKV_AWS_53", "CKV2_AWS_6", "CKV_AWS_51", "CKV_AWS_79"},
        ),
        (
            "gcp",
            {
                "artifact-store": ('"enforced"', '"inherited"'),
                "identity": ("roles/container.clusterViewer", "roles/editor"),
            },
            {"CKV_GCP_114", "CKV_GCP_49", "CKV_GCP_117"},
        ),
        (
            "azure",
            {
                "artifact-store": ("allow_nested_items_to_be_public = false", "allow_nested_items_to_be_public = true"),
                "image-registry": ("admin_enabled                 = false", "admin_enabled = true"),
            },
            {"CKV_AZURE_190", "CKV2_AZURE_47", "CKV_AZURE_137"},
        ),
    ],
)
def test_a_planted_violation_is_refused(
    generate: Generate, cloud: str, planted: dict[str, tuple[str, str]], refused: set[str]
) -> None:
    project = generate(cloud=cloud, gpu=True)
    for module, (right, wrong) in planted.items():
        file = project / "infra/modules" / module / "main.tf"
        assert file.read_text().count(right) == 1
        file.write_text(file.read_text().replace(right, wrong))

    assert failed(project) == refused
