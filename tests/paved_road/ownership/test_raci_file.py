"""``raci.yml`` as a file: its schema, its lines, its letters."""

import json

import pytest
from paved_road.findings import Problem, as_text
from paved_road.ownership import raci

from .conftest import Matrix


def refusal(matrix: Matrix) -> str:
    with pytest.raises(Problem) as refused:
        _ = matrix.raci
    return as_text(refused.value.findings)


def test_the_published_schema_is_the_one_derived_from_the_types() -> None:
    published = json.loads(raci.SCHEMA_FILE.read_text(encoding="utf-8"))

    derived = raci.schema()

    assert published == derived, "write json.dumps(raci.schema(), indent=2, ensure_ascii=False) to raci.schema.json"


def test_an_activity_knows_its_name_and_line(matrix: Matrix) -> None:
    activity = matrix.raci.activities["Train the model"]

    assert (activity.name, activity.line) == ("Train the model", 21)
    assert activity.roles("R") == ["data-scientist"]


@pytest.mark.parametrize(
    ("spelling", "remedy"),
    [
        ("R/A", "write RA"),
        ("'A,R'", "write RA"),
        ("AR", "write RA"),
        ("[R, A]", "write RA"),
        ("r", "write R"),
        ("RC", "R and C contradict each other; keep one of them, or RA for both R and A"),
        ("AI", "A and I contradict each other; keep one of them, or RA for both R and A"),
        ("X", "write R, A, C, I, or RA for both R and A"),
        ("''", "write R, A, C, I, or RA for both R and A"),
        ("1", "write R, A, C, I, or RA for both R and A"),
    ],
)
def test_a_letter_in_another_spelling_is_refused_by_naming_the_one_to_use(
    matrix: Matrix, spelling: str, remedy: str
) -> None:
    misspelt = matrix.but("{data-scientist: RA, mlops-engineer: I}", f"{{data-scientist: {spelling}}}")

    message = refusal(misspelt)

    assert message.startswith("raci.yml:23  RACI009  Train the model: data-scientist has the letter ")
    assert message.endswith(remedy)


def test_an_unknown_key_is_refused_at_its_activity(matrix: Matrix) -> None:
    misspelt = matrix.but("paths: [/src/]", "path: [/src/]")

    message = refusal(misspelt)

    assert "raci.yml:21  RACI016  activities.Train the model" in message
    assert "'path' was unexpected" in message


def test_where_an_entry_stands_cannot_be_written_by_hand(matrix: Matrix) -> None:
    forged = matrix.but("paths: [/src/]", "line: 1")

    message = refusal(forged)

    assert "'line' was unexpected" in message


@pytest.mark.parametrize("name", ['"#hidden"', '"two\\nlines"', '"two\\u2028lines"', '" "', '"bell\\a"'])
def test_a_name_that_would_break_a_comment_in_codeowners_is_refused(matrix: Matrix, name: str) -> None:
    hostile = matrix.but("  Train the model:", f"  {name}:")

    message = refusal(hostile)

    assert "RACI016  activities" in message


def test_an_activity_that_is_written_twice_is_refused(matrix: Matrix) -> None:
    twice = matrix.but("  Run the service:", "  Train the model:")

    message = refusal(twice)

    assert "key 'Train the model' is written twice (first on line 21)" in message


def test_a_tab_is_refused_at_its_line(matrix: Matrix) -> None:
    tabbed = matrix.but("    paths: [/src/]", "\tpaths: [/src/]")

    message = refusal(tabbed)

    assert message.startswith("raci.yml:24  RACI015  is not YAML: ")


def test_a_second_letter_for_one_role_is_refused_at_its_line(matrix: Matrix) -> None:
    twice = matrix.but("{data-scientist: RA, mlops-engineer: I}", "{data-scientist: RA, data-scientist: I}")

    message = refusal(twice)

    assert message.startswith("raci.yml:23  RACI015  key 'data-scientist' is written twice")
