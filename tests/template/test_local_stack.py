"""The local stack of a generated repository, held against the tools of what it starts; no image is pulled."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools import needs

Generate = Callable[..., Path]
Outcome = subprocess.CompletedProcess[str]

ARGUMENTS = "MODEL_VERSION=1.0.0\nMODEL_REVISION=0000000\nMODEL_SEAL=0000000\n"


@pytest.fixture(scope="module")
def generated(generate: Generate) -> Path:
    project = generate()
    (project / ".env").write_text(ARGUMENTS)
    return project


@pytest.fixture
def project(generated: Path, tmp_path: Path) -> Path:
    """A copy, to break."""
    shutil.copytree(generated, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(scope="module")
def services(generated: Path) -> dict[str, Any]:
    """The services as Compose understands them."""
    done = compose(generated, "config", "--format", "json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout)["services"])


def said(project: Path, *command: str) -> Outcome:
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def compose(project: Path, *arguments: str) -> Outcome:
    """Docker Compose, as a plugin or on its own."""
    if shutil.which("docker") and not said(project, "docker", "compose", "version").returncode:
        return said(project, "docker", "compose", *arguments)
    return said(project, needs.program("docker-compose"), *arguments)


def schema(project: Path) -> Outcome:
    return said(project, needs.program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# Compose --------------------------------------------------------------------
def test_the_stack_is_what_compose_and_its_specification_take(project: Path) -> None:
    assert schema(project).returncode == 0
    assert compose(project, "config", "--quiet").returncode == 0


def test_a_misspelt_key_is_refused(project: Path) -> None:
    edit(project / "compose.yaml", "healthcheck:", "healthchek:")

    assert schema(project).returncode != 0
    assert compose(project, "config", "--quiet").returncode != 0


def test_it_does_not_start_a_service_that_nobody_labelled(project: Path) -> None:
    (project / ".env").unlink()

    done = compose(project, "config", "--quiet")

    assert done.returncode != 0
    assert "first run `uv run road image args --env > .env`" in done.stderr


def test_it_has_the_service_and_what_watches_it(services: dict[str, Any]) -> None:
    assert set(services) == {"serving", "mlflow", "prometheus", "alertmanager", "grafana"}


def test_it_is_reached_from_this_machine_alone(services: dict[str, Any]) -> None:
    assert {port["host_ip"] for service in services.values() for port in service["ports"]} == {"127.0.0.1"}


def test_every_image_is_one_that_cannot_change(services: dict[str, Any]) -> None:
    images = {service["image"] for service in services.values() if "build" not in service}

    assert len(images) == 4
    assert [image for image in images if not re.fullmatch(r"[a-z0-9./-]+:v?[0-9.]+@sha256:[0-9a-f]{64}", image)] == []


@pytest.mark.parametrize("name", ["serving", "mlflow", "prometheus", "alertmanager", "grafana"])
def test_no_service_writes_outside_its_volumes_or_gains_rights(services: dict[str, Any], name: str) -> None:
    service = services[name]

    binds = [volume for volume in service.get("volumes", []) if volume["type"] == "bind"]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(bind["read_only"] for bind in binds)


def test_what_is_mounted_is_there(services: dict[str, Any], generated: Path) -> None:
    sources = {
        Path(volume["source"]).relative_to(generated.resolve())
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    }

    assert {source.as_posix() for source in sources if not (generated / source).exists()} == {".road/alertmanager"}


def test_there_is_no_password_to_leave_at_its_default(services: dict[str, Any]) -> None:
    grafana = services["grafana"]["environment"]

    assert grafana["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert grafana["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"


# Prometheus and Alertmanager ------------------------------------------------
def prometheus(project: Path) -> Outcome:
    return said(project, needs.program("promtool"), "check", "config", "deploy/local/prometheus.yml")


def test_prometheus_takes_its_configuration_and_the_rules(project: Path) -> None:
    done = prometheus(project)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rule files found" in done.stdout


def test_prometheus_refuses_a_configuration_with_a_misspelt_key(project: Path) -> None:
    edit(project / "deploy/local/prometheus.yml", "dns_sd_configs", "dns_sd_config")

    assert prometheus(project).returncode != 0


def test_prometheus_is_started_with_that_configuration(services: dict[str, Any], generated: Path) -> None:
    volumes = {volume["target"]: volume["source"] for volume in services["prometheus"]["volumes"]}

    (option,) = [word for word in services["prometheus"]["command"] if word.startswith("--config.file=")]

    folder, _, name = option.removeprefix("--config.file=").rpartition("/")
    assert Path(volumes[folder], name).is_file()
    assert Path(volumes[folder], "../../monitoring").resolve() == Path(volumes["/project/monitoring"])


def test_alertmanager_finds_its_secrets_where_they_are_mounted(services: dict[str, Any], generated: Path) -> None:
    targets = {volume["target"]: volume["source"] for volume in services["alertmanager"]["volumes"]}
    routes = Path(targets["/etc/alertmanager/alertmanager.yml"])

    done = said(generated, needs.program("amtool"), "check-config", str(routes))

    assert done.returncode == 0, done.stderr
    wanted = re.findall(r"_file: (\S+)/[^/]+/[^/]+$", routes.read_text(), re.MULTILINE)
    assert wanted
    assert {folder for folder in wanted if folder not in targets} == set()
