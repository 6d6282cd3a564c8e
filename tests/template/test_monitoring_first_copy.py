"""What watches and deploys a model is there from the first copy on, byte for byte as `road … sync` writes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paved_road import project
from paved_road.deployment import files as deployment
from paved_road.monitoring import files

Generate = Callable[..., Path]
OWN = {"mlops-engineer": "@acme/night-shift", "data-engineer": "@ada"}


@pytest.mark.parametrize(
    "answers",
    [
        {"topology": "hybrid"},
        {"topology": "embedded", "task": "regression"},
        {"topology": "centralized", "project_name": "A name of nearly thirty-nine letters"},
        {"topology": "full-stack", "organization": "Globex"},
        {"role_teams": OWN, "role_contacts": {"mlops-engineer": "#night-shift", "data-engineer": "ada@example.com"}},
    ],
    ids=lambda answers: "-".join(map(str, answers)),
)
def test_the_first_rules_dashboard_and_deployment_are_what_sync_writes(
    generate: Generate, answers: dict[str, Any]
) -> None:
    root = generate(**answers)

    derived = files.derive(project.find(root)) | deployment.derive(project.find(root))

    assert {path: (root / path).read_text(encoding="utf-8") for path in derived} == derived
    assert {files.DASHBOARD, deployment.SIZE} <= set(derived)
