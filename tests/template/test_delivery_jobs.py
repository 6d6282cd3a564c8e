"""What jobs ask of a cluster: Indexed Jobs and RayJobs, held against Kubernetes' own schemas and the verbs."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest
import yaml
from tools import needs
from tools.kuberay import RAY_JOB

from tests.template.test_delivery_cluster import KUBERNETES, build, validate

Generate = Callable[..., Path]
Objects = dict[str, dict[str, Any]]

pytestmark = pytest.mark.xdist_group("cluster")

OVERLAY = """
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../jobs/{name}]
"""


@pytest.fixture(scope="module", params=[False, True], ids=["without GPUs", "with GPUs"])
def project(request: pytest.FixtureRequest, generate: Generate) -> Path:
    """A project, with an overlay for each job on Ray as an operator would write it."""
    folder = generate(gpu=request.param, cost_center="0123", container_registry="registry.example.com:5000/ml")
    for name in ("ray-score", "ray-tune"):
        overlay = folder / "deploy" / "overlays" / name
        overlay.mkdir()
        (overlay / "kustomization.yaml").write_text(OVERLAY.format(name=name))
    return folder


def gpus(project: Path) -> bool:
    return "nvidia.com" in (project / "deploy/jobs/tune/kustomization.yaml").read_text()


def objects(project: Path, overlay: str) -> Objects:
    """An overlay's objects by kind and name."""
    built = yaml.safe_load_all(build(project / "deploy" / "overlays" / overlay))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in built}


def pods(of: Objects) -> Iterator[dict[str, Any]]:
    """Templates of the pods of all jobs and clusters."""
    for name, each in of.items():
        if name.startswith("Job/"):
            yield each["spec"]["template"]
        if name.startswith("RayJob/"):
            cluster = each["spec"]["rayClusterSpec"]
            yield from (group["template"] for group in [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]])


def without_custom(of: Objects, file: Path) -> Path:
    """What Kubernetes itself knows of: pods of a cluster as templates."""
    plain = [each for name, each in of.items() if not name.startswith("RayJob/")]
    wrapped = [
        {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": f"pod{at}"}, "template": pod}
        for at, pod in enumerate(pods(of))
    ]
    file.write_text(yaml.safe_dump_all([*plain, *wrapped]))
    return file


@pytest.mark.parametrize("overlay", ["score", "tune", "ray-score", "ray-tune"])
@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(project: Path, overlay: str, version: str, tmp_path: Path) -> None:
    code, output = validate(without_custom(objects(project, overlay), tmp_path / "all.yaml"), version)

    assert code == 0, output


@pytest.mark.parametrize("overlay", ["ray-score", "ray-tune"])
def test_kuberay_accepts_every_job(project: Path, overlay: str) -> None:
    job = objects(project, overlay)[f"RayJob/{overlay.removeprefix('ray-')}"]

    jsonschema_rs.validate(RAY_JOB, job)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("workerGroupSpecs", "workerGroups"), ("shutdownAfterJobFinishes", "shutdownAfterJob"), ("maxReplicas", "max")],
)
def test_a_misspelt_field_of_kuberay_is_refused(project: Path, right: str, wrong: str) -> None:
    text = yaml.safe_dump(objects(project, "ray-score")["RayJob/score"])

    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(RAY_JOB, yaml.safe_load(text.replace(right, wrong)))


@pytest.mark.parametrize("overlay", ["score", "tune", "ray-score", "ray-tune"])
def test_pods_of_jobs_fit_a_namespace_with_restricted_security(project: Path, overlay: str) -> None:
    for pod in pods(objects(project, overlay)):
        (container,) = pod["spec"]["containers"]
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["image"].startswith("registry.example.com:5000/ml/fraud-scoring-jobs")
        assert (
            pod["metadata"]["labels"].items()
            >= {
                "app.kubernetes.io/component": "jobs",
                "cost-center": "0123",
            }.items()
        )


def test_a_pod_knows_how_many_shares_there_are(project: Path) -> None:
    job = objects(project, "score")["Job/score"]["spec"]

    environment = {each["name"]: each["value"] for each in job["template"]["spec"]["containers"][0]["env"]}

    assert job["completionMode"] == "Indexed"
    assert environment["JOB_COMPLETIONS"] == str(job["completions"])


def test_gpus_are_asked_for_where_models_are_fitted_and_nowhere_else(project: Path) -> None:
    asked = {}
    for overlay in ("score", "tune", "ray-score", "ray-tune"):
        limits = [pod["spec"]["containers"][0]["resources"]["limits"] for pod in pods(objects(project, overlay))]
        asked[overlay] = [limit.get("nvidia.com/gpu") for limit in limits]

    one = "1" if gpus(project) else None
    assert asked == {"score": [None], "tune": [one], "ray-score": [None, None], "ray-tune": [None, one]}
    entry = objects(project, "ray-tune")["RayJob/tune"]["spec"]["entrypoint"]
    assert ("--gpus 1" in entry) is gpus(project)


@pytest.mark.parametrize("overlay", ["score", "tune", "ray-score", "ray-tune"])
def test_a_job_calls_a_verb_that_there_is_with_options_that_it_has(project: Path, overlay: str) -> None:
    from paved_road.cli.main import road

    of = objects(project, overlay)
    name = overlay.removeprefix("ray-")
    if overlay == name:
        words = of[f"Job/{name}"]["spec"]["template"]["spec"]["containers"][0]["args"]
    else:
        words = of[f"RayJob/{name}"]["spec"]["entrypoint"].replace('"', "").split()[1:]
    given = [word.replace("$(TRIALS)", "5").replace("$TRIALS", "5") for word in words]

    verb = road.get_command(click.Context(road), given[0])

    assert verb is not None
    verb.make_context(given[0], given[1:])


def test_the_image_of_jobs_is_one_that_hadolint_accepts(project: Path) -> None:
    file = project / "deploy" / "jobs" / "Dockerfile"

    done = subprocess.run([needs.program("hadolint"), str(file)], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
    rayjob = (project / "deploy/jobs/ray/rayjob.yaml").read_text()
    assert (
        f"ray[client,default]=={yaml.safe_load(rayjob)['spec']['rayClusterSpec']['rayVersion']}"
        in (project / "platform" / "pyproject.toml").read_text()
    )
