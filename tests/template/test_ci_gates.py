"""The gates of CI that look at what is deployed: each lets the first push pass, and refuses what it is there for."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools import needs, workflow
from tools.terraform import Terraform

from tests.template.conftest import git

Generate = Callable[..., Path]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

TOOLS = {"kubernetes": "kubectl", "monitoring": "promtool", "workflows": "npx", "infra": "terraform"}


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    """With a runner of the organisation's own, which actionlint has never heard of."""
    folder = generate(cloud="aws", gpu=True, ci_runner="large.runner-1")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First commit")
    return folder


@pytest.fixture
def checkout(project: Path) -> Iterator[Path]:
    """The project, put back after each test."""
    yield project
    git(project, "reset", "-q", "--hard", "main")
    git(project, "clean", "-q", "-f", "-d")


@pytest.fixture
def offline(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Providers for Terraform, without its registry."""
    providers: dict[str, object] = {}
    for folder in [*(project / "infra/environments").iterdir(), project / "infra/repository"]:
        here = Terraform(folder, tmp_path)
        here.init()
        providers |= json.loads(here.environment["TF_REATTACH_PROVIDERS"])
    monkeypatch.setenv("TF_REATTACH_PROVIDERS", json.dumps(providers))
    monkeypatch.setenv("CHECKPOINT_DISABLE", "1")


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text()
    assert old in text, f"{path} no longer says {old!r}"
    (project / path).write_text(text.replace(old, new, 1))


def ci(project: Path, job: str) -> workflow.Job:
    needs.program(TOOLS[job])
    return workflow.run(project, ["changes", job])[job]


@pytest.mark.parametrize("job", ["kubernetes", "monitoring", "workflows"])
def test_the_first_push_is_green(checkout: Path, job: str) -> None:
    outcome = ci(checkout, job)

    assert outcome.result == "success" and outcome.steps, outcome


def test_the_first_push_of_terraform_is_green(checkout: Path, offline: None) -> None:
    outcome = ci(checkout, "infra")

    assert outcome.result == "success" and outcome.steps, outcome
    assert "infra/modules/serving-namespace" in str(outcome) and "infra/environments/prod" in str(outcome)


@pytest.mark.parametrize(
    ("job", "path", "old", "new", "message"),
    [
        ("kubernetes", "deploy/base/deployment.yaml", "readinessProbe:", "readynessProbe:", "readynessProbe"),
        ("kubernetes", "deploy/base/disruption.yaml", "PodDisruptionBudget", "PodBudget", "PodBudget"),
        ("kubernetes", "deploy/base/kustomization.yaml", "service.yaml", "services.yaml", "kustomize cannot build it"),
        ("monitoring", "monitoring/rules.yml", "expr: ", "expr: (", "parse expression"),
        ("monitoring", "monitoring/rules.yml", "severity: ", "severity: x", "FAILED"),
        ("workflows", ".github/workflows/train.yml", "needs: [train]", "needs: [trains]", "trains"),
        ("workflows", ".github/workflows/train.yml", "persist-credentials: false", "fetch-tags: true", "artipacked"),
    ],
    ids=["a misspelt field", "an unknown kind", "a missing file", "a rule", "a rule's test", "actionlint", "zizmor"],
)
def test_what_is_broken_is_refused(checkout: Path, job: str, path: str, old: str, new: str, message: str) -> None:
    edit(checkout, path, old, new)

    outcome = ci(checkout, job)

    assert outcome.result == "failure", outcome
    assert message in str(outcome)


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        ("infra/modules/project/main.tf", "  replica = ", "  replica   = ", "terraform fmt -recursive infra"),
        ("infra/modules/artifact-store/main.tf", 'status = "Enabled"', 'state = "Enabled"', "Unsupported argument"),
        ("infra/modules/project/main.tf", "local.measured.memory_mib, 0) * 1.5)", "local.measured.memory_mib, 0) * 2)",
         "Test assertion failed"),
        ("infra/modules/artifact-store/main.tf", "\nresource ", '\nresource "aws_s3_bucket" "open" {}\n\nresource ',
         "artifact_store.aws_s3_bucket.open"),
    ],
    ids=["format", "a wrong argument", "a test", "a policy"],
)  # fmt: skip
def test_broken_terraform_is_refused(
    checkout: Path, offline: None, path: str, old: str, new: str, message: str
) -> None:
    edit(checkout, path, old, new)

    outcome = ci(checkout, "infra")

    assert outcome.result == "failure", outcome
    assert message in str(outcome)


def test_a_kind_of_an_operator_is_no_warning_to_refuse(checkout: Path) -> None:
    overlay = checkout / "deploy/overlays/ray/kustomization.yaml"
    overlay.parent.mkdir()
    overlay.write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../jobs/ray-score]\n"
    )

    outcome = ci(checkout, "kubernetes")

    assert outcome.result == "success", outcome
    assert "deploy/overlays/ray: looked at" in str(outcome)
