"""Terraform of a project that trains on GPUs, once for each cloud."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools.planning import MEASURED
from tools.terraform import Terraform

CLOUDS = ["aws", "gcp", "azure"]
HOSTILE = 'It\'s "a" `b` $HOME ${path.root} %{if true}x%{endif} {{ z }} # é 🙂 \\'


@pytest.fixture(scope="session", params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def infra(cloud: str, generate: Callable[..., Path]) -> Path:
    """infra/ of a project that trains on GPUs of one cloud."""
    return generate(cloud=cloud, gpu=True, description=HOSTILE, cost_center="0123") / "infra"


@pytest.fixture(scope="session")
def environment(infra: Path, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform in the environment prod, its providers there."""
    here = Terraform(infra / "environments/prod", tmp_path_factory.mktemp("terraform"))
    ready = here.init()
    assert ready.returncode == 0, ready.stdout
    return here


@pytest.fixture
def manifest(infra: Path) -> Iterator[Path]:
    """The manifest, as if a model had been handed over; taken away afterwards."""
    file = infra.parent / "handoff/manifest.json"
    file.write_text(json.dumps(MEASURED))
    yield file
    file.unlink(missing_ok=True)
