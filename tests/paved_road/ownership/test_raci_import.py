"""`road raci import` and `road raci show`: a table as wikis have it becomes letters, and everything else stays."""

import csv
import io
import json

import pytest
from paved_road import documents
from paved_road.ownership import raci, tables

from .conftest import Matrix, Repository

TRAIN = "    letters: {data-scientist: RA, mlops-engineer: I}"


def text(repository: Repository) -> str:
    return (repository.root / "raci.yml").read_bytes().decode()


@pytest.mark.parametrize(("flag", "file"), [("--markdown", "matrix.md"), ("--csv", "matrix.csv")])
def test_what_is_shown_can_be_imported_and_changes_nothing(repository: Repository, flag: str, file: str) -> None:
    before = text(repository)
    repository.write(file, repository.road("raci", "show", flag).stdout)

    outcome = repository.road("raci", "import", file)

    assert outcome.stdout == "raci.yml says so already\n"
    assert text(repository) == before


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("a.csv", "Activity,Data scientist,MLOps engineer\nTrain the model,R/A,C\n"),
        ("a.csv", "\ufeffActivity;data-scientist;mlops-engineer\r\ntrain the MODEL;a / r;c\r\n"),
        ("a.csv", "Activity\tData Scientist\tMLOps Engineer\n\nTrain the model\tA,R\tC\n"),
        ("a.md", "# Who\n\n| a | b |\n|-|-|\n| x | y |\n\n"
                 "| Work | MLOps engineer | Data scientist |\n|:-|-|-|\n| **Train the model** | C | **R**, A |\n"),
        ("a.md", "Work | MLOps engineer\n---|---\nTrain the model | `C`\n"),
    ],
)  # fmt: skip
def test_a_table_as_people_write_it_changes_the_letter_that_differs(
    repository: Repository, matrix: Matrix, file: str, table: str
) -> None:
    (repository.root / file).write_bytes(table.encode())

    outcome = repository.road("raci", "import", file, inside=".")

    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("Train the model: mlops-engineer I -> C\n")
    assert text(repository) == matrix.but(TRAIN, TRAIN.replace("I}", "C}")).text


def test_comments_and_layout_stay(repository: Repository, matrix: Matrix) -> None:
    block = (
        "    letters:  # agreed in May\n      data-scientist: RA  # does both\n"
        "      # since the move\n      mlops-engineer: I\n    # the code"
    )
    before = matrix.but(TRAIN, block).text
    repository.write("raci.yml", before)
    repository.write("a.csv", "x,Data scientist,MLOps engineer,Product manager\nTrain the model,A,R,I\n")

    repository.road("raci", "import", "a.csv")

    assert text(repository) == before.replace("RA  # does both", "A  # does both").replace(
        "      mlops-engineer: I\n    # the", "      mlops-engineer: R\n      product-manager: I\n    # the"
    )


def test_an_empty_cell_takes_the_letter_away_and_a_missing_column_keeps_it(
    repository: Repository, matrix: Matrix
) -> None:
    repository.write("a.csv", "x,MLOps engineer,Product manager\nTrain the model,-,C\n")

    outcome = repository.road("raci", "import", "a.csv", "--json")

    assert json.loads(outcome.stdout)["differences"] == [
        "Train the model: mlops-engineer I -> nothing",
        "Train the model: product-manager nothing -> C",
    ]
    assert text(repository) == matrix.but(TRAIN, "    letters: {data-scientist: RA, product-manager: C}").text


@pytest.mark.parametrize("name", ["Approve the model", "yes", "Weird: name", "- 'quoted' \\ \"x\"", "42", "a | b"])
def test_a_new_activity_stands_below_the_others(repository: Repository, matrix: Matrix, name: str) -> None:
    table = io.StringIO()
    csv.writer(table).writerows([["x", "Data scientist", "MLOps engineer"], [name, "C", "RA"]])
    repository.write("a.csv", table.getvalue())

    outcome = repository.road("raci", "import", "a.csv")

    after = raci.load(repository.root / "raci.yml")
    assert outcome.exit_code == 0
    assert f"{name}: new, in the loop of mlops-engineer: system" in outcome.stdout
    assert list(after.activities) == [*matrix.raci.activities, name]
    assert (after.activities[name].letters, after.activities[name].loop) == (
        {"data-scientist": "C", "mlops-engineer": "RA"},
        "system",
    )
    assert list(after.requests) == list(matrix.raci.requests)


@pytest.mark.parametrize("form", [tables.markdown, tables.as_csv])
def test_any_name_comes_back_as_it_went(matrix: Matrix, repository: Repository, form: object) -> None:
    odd = matrix.but("  Train the model:", "  'a | \"b\", c':").raci
    shown = form(odd)  # type: ignore[operator]
    file = repository.write("odd.md" if form is tables.markdown else "odd.csv", shown)

    rows = tables.read(file, "odd", odd)

    assert [row.name for row in rows] == [entry.name for entry in odd.entries]


def test_check_says_what_would_change_and_changes_nothing(repository: Repository, matrix: Matrix) -> None:
    repository.write("a.csv", "x,MLOps engineer\nTrain the model,C\n")

    outcome = repository.road("raci", "import", "a.csv", "--check")

    assert "Train the model: mlops-engineer I -> C" in outcome.stdout
    assert text(repository) == matrix.text


@pytest.mark.parametrize(
    ("file", "table", "said"),
    [
        ("a.csv", "x,Data scientist,Data scientst\n", "a.csv:1  TABLE002  the column 'Data scientst' is no role"),
        ("a.csv", "x,Data scientist,data-scientist\n", "a.csv:1  TABLE002  two columns are the role data-scientist"),
        ("a.csv", "x,Data scientist\nTrain the model,RA,C\n", "a.csv:2  TABLE003  Train the model: 3 cells"),
        ("a.md", "| x | Data scientist |\n|-|-|\n| Train the model | RA | C |\n", "a.md:3  TABLE003  Train the mod"),
        ("a.csv", "x,Data scientist\n\nTrain the model,✓\n", "a.csv:3  TABLE004  Train the model: data-scientist has"),
        ("a.csv", "x,Data scientist\nTrain the model,R/C\n", "a.csv:2  TABLE004  Train the model: data-scientist has"),
        ("a.csv", "x,Data scientist\nA,RA\na,RA\n", "a.csv:3  TABLE005  a: stands in the table twice (first on line 2"),
        ("a.csv", "x,MLOps engineer\nTrain the model,A\n", "data-scientist has no column, and keeps its letter"),
        ("a.csv", "x,Data scientist\nNew,A\n", "a.csv:2  TABLE006  New: no responsible role"),
        ("a.csv", "x,Data scientist\n#New,RA\n", "a.csv:2  TABLE006  #New: is no name for an activity"),
        ("a.csv", "x,Data scientist\n,RA\n", "a.csv:2  TABLE006  : is no name for an activity"),
        ("a.csv", "x,MLOps engineer\nHand the model over,C\n", "a.csv:2  RACI012  Hand the model over: mlops-engineer"),
        ("a.csv", "", "a.csv  TABLE001  has no table with a column for a role"),
        ("a.csv", "x,y\n1,2\n", "a.csv  TABLE001  has no table with a column for a role"),
        ("a.md", "no table\n", "a.md  TABLE001  has no table with a column for a role"),
        ("a.csv", 'x,Data scientist\n"Train,RA\n', "a.csv:2  TABLE001  is not CSV"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_at_its_line_and_changes_nothing(
    repository: Repository, matrix: Matrix, file: str, table: str, said: str
) -> None:
    repository.write(file, table)

    outcome = repository.road("raci", "import", file)

    assert outcome.exit_code == 1
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert text(repository) == matrix.text


@pytest.mark.parametrize(("content", "said"), [(None, "is missing"), (b"x,\xff", "cannot be read")])
def test_a_table_that_cannot_be_read_is_refused(repository: Repository, content: bytes | None, said: str) -> None:
    if content:
        (repository.root / "a.csv").write_bytes(content)

    outcome = repository.road("raci", "import", "a.csv")

    assert outcome.exit_code == 1
    assert f"a.csv  TABLE001  {said}" in outcome.stderr


def test_what_was_wrong_before_does_not_stop_an_import(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('    team: "@acme/product"\n', "").text)
    repository.write("a.csv", "x,MLOps engineer\nTrain the model,C\n")

    outcome = repository.road("raci", "import", "a.csv")

    assert outcome.exit_code == 0


def test_line_ends_stay_as_they_are(repository: Repository, matrix: Matrix) -> None:
    (repository.root / "raci.yml").write_bytes(matrix.text.replace("\n", "\r\n").encode())
    repository.write("a.csv", "x,MLOps engineer,Data scientist\nTrain the model,,RA\nNew,I,RA\n")

    repository.road("raci", "import", "a.csv")

    after = text(repository)
    assert after.count("\n") == after.count("\r\n")
    assert documents.parse(after, "raci.yml", "X").data["activities"]["New"]["loop"] == "science"


def test_activities_between_braces_are_refused_when_one_is_new(repository: Repository) -> None:
    repository.write(
        "raci.yml",
        "roles: {data-scientist: {title: Data scientist, loop: science, team: '@acme/a'}}\n"
        "activities: {Train: {loop: science, letters: {data-scientist: RA}}}\n",
    )
    repository.write("a.csv", "x,Data scientist\nNew,RA\n")

    outcome = repository.road("raci", "import", "a.csv")

    assert outcome.exit_code == 1
    assert "raci.yml:2  TABLE007  activities stand between braces" in outcome.stderr
