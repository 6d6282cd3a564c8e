"""A copy for the fleet, made with what was compiled for another one, is the copy that Copier makes."""

from pathlib import Path

import copier
import pytest
from fleet.copying import copy

pytestmark = pytest.mark.xdist_group("fleet")
OTHER = {"project_name": "Card Fraud", "cloud": "aws", "organization": "acme-labs"}
QUESTIONS = """\
teams: {type: yaml, default: [one, two]}
name: {type: str, default: "{{ teams | join('-') }}"}
"""


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): (file.read_bytes(), file.stat().st_mode) for file in files}


def test_a_copy_after_one_with_other_answers_has_copiers_own_bytes(template: Path, tmp_path: Path) -> None:
    copier.run_copy(str(template), tmp_path / "own", data=OTHER, defaults=True, quiet=True)
    copy(str(template), tmp_path / "first", {"project_name": "Churn", "framework": "pytorch"})

    copy(str(template), tmp_path / "second", OTHER)

    assert contents(tmp_path / "second") == contents(tmp_path / "own")


def test_a_path_that_yields_many_yields_them_again_and_leaves_the_next_path_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    looped = source / "{% yield team from teams %}{{ team }}{% endyield %}"
    looped.mkdir(parents=True)
    (source / "copier.yml").write_text(QUESTIONS)
    (looped / "page.md.jinja").write_text("{{ team }} of {{ name }}\n")
    (source / "zz {{ name }}.md").write_text("plain\n")
    copy(str(source), tmp_path / "first", {})

    copy(str(source), tmp_path / "second", {"teams": ["three"]})

    copier.run_copy(str(source), tmp_path / "own", data={"teams": ["three"]}, defaults=True, quiet=True)
    assert contents(tmp_path / "second") == contents(tmp_path / "own")
    assert {"three/page.md", "zz three.md"} <= contents(tmp_path / "second").keys()
    assert {"one/page.md", "two/page.md"} <= contents(tmp_path / "first").keys()


def test_answers_that_copier_refuses_are_refused_after_a_copy_too(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "copier.yml").write_text(
        "name: {type: str, validator: \"{% if name == 'x' %}not x{% endif %}\"}"
    )
    copy(str(tmp_path / "source"), tmp_path / "first", {"name": "y"})

    with pytest.raises(ValueError, match="not x"):
        copy(str(tmp_path / "source"), tmp_path / "second", {"name": "x"})
