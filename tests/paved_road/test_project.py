"""Where a repository is, and what its ``[tool.paved-road]`` says."""

from pathlib import Path

import pytest
from paved_road import project
from paved_road.findings import Problem, as_text


def refusal(root: Path, text: str | bytes) -> str:
    (root / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Problem) as refused:
        project.find(root)
    return as_text(refused.value.findings)


def test_a_repository_is_found_from_any_folder_inside(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.paved-road]\npackage = "fraud"\n')
    inside = tmp_path / "src" / "fraud"
    inside.mkdir(parents=True)

    found = project.find(inside)

    assert found.root == tmp_path.resolve()
    assert found.source == tmp_path.resolve() / "src" / "fraud"
    assert found.settings.tracking_uri == "sqlite:///.road/mlflow.db"


def test_another_project_inside_is_not_taken_for_the_repository(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.paved-road]\npackage = "fraud"\n')
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "pyproject.toml").write_text('[project]\nname = "paved-road"\n')

    assert project.find(tmp_path / "platform").root == tmp_path.resolve()


def test_outside_of_a_repository_it_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        project.find(tmp_path)

    said = as_text(refused.value.findings)
    assert f"PROJECT001  {tmp_path.resolve()} is not inside a generated repository" in said
    assert "[tool.paved-road]" in said


@pytest.mark.parametrize(
    "text", ["", '[project]\nname = "x"\n', "tool = 3\n", "[tool.ruff]\n"], ids=["empty", "no tool", "number", "other"]
)
def test_a_project_without_the_table_is_no_repository(tmp_path: Path, text: str) -> None:
    assert "PROJECT001" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.paved-road\n", "PROJECT002  cannot be read as TOML: "),
        (b"\xff\xfe", "PROJECT002  cannot be read as TOML: "),
        (f"a = {'[' * 5000}", "PROJECT002  cannot be read as TOML: "),
        ('[tool.paved-road]\npackage = "a"\npackage = "b"\n', "PROJECT002  cannot be read as TOML: "),
        ("[tool]\npaved-road = 3\n", "PROJECT003  [tool.paved-road]: Expected `object`, got `int`"),
        ("[tool.paved-road]\n", "PROJECT003  [tool.paved-road]: Object missing required field `package`"),
        ("[tool.paved-road]\npackage = 3\n", "PROJECT003  [tool.paved-road]: Expected `str`, got `int`"),
        ('[tool.paved-road]\npackage = "../x"\n', "PROJECT003  [tool.paved-road]: Expected `str` matching"),
        ('[tool.paved-road]\npackage = "x"\ntracking_uri = "y"\n', "unknown field `tracking_uri`"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    said = refusal(tmp_path, text)

    assert said.startswith(f"{tmp_path.resolve() / 'pyproject.toml'}  PROJECT00")
    assert message in said
    assert "PROJECT003" not in said or "its settings are package, tracking-uri, experiment" in said


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()

    with pytest.raises(Problem) as refused:
        project.find(tmp_path)

    assert "PROJECT002  cannot be read as TOML: [Errno 21] Is a directory" in as_text(refused.value.findings)


def test_a_path_is_shown_from_the_root_with_forward_slashes(tmp_path: Path) -> None:
    here = project.Project(tmp_path, project.Settings(package="fraud"))

    assert here.relative(tmp_path / "contracts" / "model.yml") == "contracts/model.yml"
    assert here.relative(Path("/elsewhere")) == str(Path("/elsewhere"))
