"""The team's code fails in words, at its own line."""

import pytest
from paved_road.findings import Problem, as_text
from paved_road.science import team as science

from .conftest import Team

LOAD, TRAIN = "def load():\n    return 1\n", "def train(inputs, target):\n    return 2\n"


def refusal(team: Team, **files: str) -> str:
    """What a person reads if the package is imported and load() is called."""
    project = team(**({"data": LOAD, "model": TRAIN} | files))
    with pytest.raises(Problem) as refused:
        functions = science.functions(project)
        with science.failures(project, "load()"):
            functions.load()
    return as_text(refused.value.findings).replace(project.settings.package, "team")


def test_both_functions_are_found(team: Team) -> None:
    functions = science.functions(team(data=LOAD, model=TRAIN))

    assert (functions.load(), functions.train(None, None)) == (1, 2)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"data": ""}, "src/team/data.py  TEAM002  has no function load()"),
        ({"model": "train = 3"}, "src/team/model.py  TEAM002  has no function train()"),
        ({"model": "\nimport nothing_of_the_kind"}, "src/team/model.py:2  TEAM001  import team: ModuleNotFoundError: "),
        ({"model": "import nothing_of_the_kind"}, "run `uv sync`, or add what is missing: `uv add`"),
        ({"data": "from PACKAGE.model import nobody"}, "src/team/data.py:1  TEAM001  import team: ImportError: cannot"),
        ({"data": "\n\ndef load(:\n"}, "src/team/data.py:3  TEAM001  import team: SyntaxError: "),
        ({"data": "x = 1 / 0"}, "src/team/data.py:1  TEAM001  import team: ZeroDivisionError: division by zero"),
        ({"data": "def load():\n    x = {}\n    return x['a']"}, "src/team/data.py:3  TEAM001  load(): KeyError: 'a'"),
        ({"data": "def load():\n    raise SystemExit(0)"}, "src/team/data.py:2  TEAM001  load(): SystemExit: 0"),
        (
            {"data": "def load():\n    import nothing_of_the_kind"},
            "src/team/data.py:2  TEAM001  load(): ModuleNotFound",
        ),
        ({"data": "def load(path):\n    return path"}, "TEAM001  load(): TypeError: load() missing 1 required"),
        ({"data": "import json\ndef load():\n    json.loads('[')"}, "src/team/data.py:3  TEAM001  load(): JSONDecode"),
    ],
)
def test_a_failure_of_the_team_is_shown_where_it_is(team: Team, files: dict[str, str], message: str) -> None:
    assert message in refusal(team, **files)


def test_a_failure_in_a_folder_inside_keeps_its_folder(team: Team) -> None:
    files = {
        "sources__in____init__": "",
        "sources__in__lake": "def read():\n    raise ValueError('dry')",
        "data": "from PACKAGE.sources.lake import read as load",
    }

    assert "src/team/sources/lake.py:2  TEAM001  load(): ValueError: dry" in refusal(team, **files)


def test_a_missing_package_is_named(team: Team) -> None:
    project = team()
    for file in project.source.iterdir():
        file.unlink()
    project.source.rmdir()

    with pytest.raises(Problem, match=f"import {project.settings.package}: ModuleNotFoundError: No module named"):
        science.functions(project)


def test_what_a_check_says_passes_through_unchanged(team: Team) -> None:
    said = Problem()

    with pytest.raises(Problem) as refused, science.failures(team(), "load()"):
        raise said

    assert refused.value is said


def test_an_interruption_is_no_failure_of_the_team(team: Team) -> None:
    with pytest.raises(KeyboardInterrupt), science.failures(team(), "load()"):
        raise KeyboardInterrupt
