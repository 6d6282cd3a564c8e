"""What Renovate may propose in a generated repository: the team's packages, and nothing that `copier update` brings."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools import needs

Generate = Callable[..., Path]

FILE = ".github/renovate.json"


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    return generate(framework="pytorch")


@pytest.fixture
def config(project: Path) -> dict[str, Any]:
    return dict(json.loads((project / FILE).read_text()))


def test_its_json_schema_accepts_it(project: Path) -> None:
    code, output = needs.said("check-jsonschema", "--builtin-schema", "vendor.renovate", FILE, cwd=project)

    assert code == 0, output


def test_its_json_schema_refuses_a_value_that_renovate_would_not_take(project: Path, tmp_path: Path) -> None:
    text = (project / FILE).read_text()
    (tmp_path / "renovate.json").write_text(text.replace('["pep621"]', '"pep621"'))

    code, output = needs.said("check-jsonschema", "--builtin-schema", "vendor.renovate", "renovate.json", cwd=tmp_path)

    assert code == 1
    assert "enabledManagers" in output


def test_it_leaves_alone_every_file_that_an_update_replaces(project: Path, config: dict[str, Any]) -> None:
    ignored = tuple(path.removesuffix("**") for path in config["ignorePaths"])

    looked_at = [path.relative_to(project).as_posix() for path in project.rglob("pyproject.toml")]

    assert config["enabledManagers"] == ["pep621"]
    assert [path for path in looked_at if not path.startswith(ignored)] == ["pyproject.toml"]


def test_it_leaves_alone_the_platforms_lines_of_a_shared_file(project: Path, config: dict[str, Any]) -> None:
    written = tomllib.loads((project / "pyproject.toml").read_text())
    groups = [line for group in written["dependency-groups"].values() for line in group]
    platforms = {re.split(r"[=<>\[]", line)[0] for line in [*groups, *written["build-system"]["requires"]]}

    (rule,) = config["packageRules"]

    assert set(rule["matchPackageNames"]) == platforms | {"python"}
    assert rule["enabled"] is False
