"""What a generated repository asks of a cluster, held against Kubernetes' own tools."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.releases.environment import CHAMPION
from tools import needs

Generate = Callable[..., Path]

pytestmark = pytest.mark.xdist_group("cluster")

KUBERNETES = ["1.31", "1.37"]


# Kubernetes -----------------------------------------------------------------
def build(folder: Path) -> str:
    """What kustomize makes of a folder."""
    kustomize = needs.program("kustomize", "kubectl")
    verb = "build" if Path(kustomize).name == "kustomize" else "kustomize"
    done = subprocess.run([kustomize, verb, "."], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def validate(manifests: Path, version: str) -> tuple[int, str]:
    """Exit code and output of kubernetes-validate; a warning (an unknown kind) counts as a refusal."""
    command = [needs.program("kubernetes-validate"), "--strict", "--kubernetes-version", version, str(manifests)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode or int("WARN" in done.stdout), done.stdout


@pytest.fixture(scope="module")
def manifests(generate: Generate) -> str:
    """The prod overlay, built."""
    project = generate(cost_center="0123", container_registry="registry.example.com:5000/ml")
    return build(project / "deploy/overlays/prod")


@pytest.fixture(scope="module")
def objects(manifests: str) -> dict[str, dict[str, Any]]:
    """The overlay's objects by kind and name."""
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in yaml.safe_load_all(manifests)}


def test_environments_have_the_names_of_terraforms(generate: Generate) -> None:
    project = generate(cloud="aws")

    overlays = (project / "deploy/overlays").glob("*/kustomization.yaml")
    environments = {file.parent.name for file in overlays if "../../base" in file.read_text()}

    assert environments == {folder.name for folder in (project / "infra/environments").iterdir()}
    assert environments == {"dev", "staging", CHAMPION}


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(manifests: str, version: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(manifests)

    code, output = validate(file, version)

    assert code == 0, output


@pytest.mark.parametrize(
    ("right", "wrong"), [("readinessProbe:", "readynessProbe:"), ("kind: PodDisruptionBudget", "kind: PodBudget")]
)
def test_a_misspelt_field_or_kind_is_refused(manifests: str, right: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(manifests.replace(right, wrong))

    code, output = validate(file, KUBERNETES[-1])

    assert code != 0, output


def test_the_pod_fits_a_namespace_with_restricted_security(objects: dict[str, dict[str, Any]]) -> None:
    pod = objects["Deployment/serving"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_pod_runs_the_image_as_the_user_that_the_image_was_built_for(
    generate: Generate, objects: dict[str, dict[str, Any]]
) -> None:
    pod = objects["Deployment/serving"]["spec"]["template"]["spec"]
    user = pod["securityContext"]["runAsUser"]

    assert f"\nUSER {user}:{pod['securityContext']['runAsGroup']}\n" in (generate() / "Dockerfile").read_text()
    assert pod["containers"][0]["image"].startswith("registry.example.com:5000/ml/fraud-scoring:")


def test_nothing_but_requests_to_the_server_goes_in_or_out(objects: dict[str, dict[str, Any]]) -> None:
    closed, opened = (objects[f"NetworkPolicy/{name}"]["spec"] for name in ("default-deny", "serving"))

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert opened["ingress"] == [{"ports": [{"protocol": "TCP", "port": 8000}]}]


def test_every_object_says_what_it_is_who_pays_and_who_operates_it(objects: dict[str, dict[str, Any]]) -> None:
    for name, each in objects.items():
        assert each["metadata"]["namespace"] == "fraud-scoring", name
        assert (
            each["metadata"]["labels"].items()
            >= {
                "app.kubernetes.io/name": "fraud-scoring",
                "cost-center": "0123",
                "owner": "fraud-scoring-operations",
            }.items()
        ), name


def test_every_selector_finds_the_server(objects: dict[str, dict[str, Any]]) -> None:
    labels = objects["Deployment/serving"]["spec"]["template"]["metadata"]["labels"]

    selectors = [
        objects["Deployment/serving"]["spec"]["selector"]["matchLabels"],
        objects["Service/serving"]["spec"]["selector"],
        objects["PodDisruptionBudget/serving"]["spec"]["selector"]["matchLabels"],
        objects["NetworkPolicy/serving"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector and selector.items() <= labels.items() for selector in selectors)
