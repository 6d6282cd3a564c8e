from pathlib import Path

import pytest
from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Manifest
from paved_road.serving import model
from paved_road.serving.app import Service
from serving_examples import contract, hand_over
from starlette.testclient import TestClient


@pytest.fixture(scope="session")
def promise() -> ModelContract:
    return contract()


@pytest.fixture(scope="session")
def handoff(tmp_path_factory: pytest.TempPathFactory, promise: ModelContract) -> Path:
    folder = tmp_path_factory.mktemp("repository") / "handoff"
    hand_over(folder, promise)
    return folder


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory, promise: ModelContract) -> Manifest:
    return hand_over(tmp_path_factory.mktemp("evidence"), promise)


@pytest.fixture(scope="session")
def loaded(handoff: Path, evidence: Manifest) -> model.Model:
    return model.load(handoff, evidence)


@pytest.fixture
def service(evidence: Manifest, loaded: model.Model) -> Service:
    return Service(evidence, loaded)


@pytest.fixture
def client(service: Service) -> TestClient:
    return TestClient(service, raise_server_exceptions=False)
