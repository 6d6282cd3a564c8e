"""What people get wrong in raci.yml: told with its line and what to do, and nothing that is derived from it changes."""

from dataclasses import dataclass

import pytest

from .conftest import Matrix, Repository

TRAIN = "{data-scientist: RA, mlops-engineer: I}"
SCIENCE = '    contact: "#science"'


@dataclass(frozen=True)
class Mistake:
    """A change of the matrix, and what must be said of it."""

    old: str
    new: str
    place: str
    fact: str
    remedy: str


def letters(new: str, place: str, fact: str, remedy: str) -> Mistake:
    return Mistake(TRAIN, f"{{{new}}}", place, fact, remedy)


def path(new: str, fact: str, remedy: str) -> Mistake:
    return Mistake("paths: [/src/]", f"paths: ['{new}']", "raci.yml:21  RACI011", fact, remedy)


def spelling(letter: str, remedy: str) -> Mistake:
    return letters(f"data-scientist: {letter}", "raci.yml:23  RACI009", "data-scientist has the letter", remedy)


MISTAKES = {
    "two accountables": letters(
        "data-scientist: RA, mlops-engineer: A",
        "raci.yml:21  RACI001",
        "2 accountable roles (data-scientist, mlops-engineer)",
        "name exactly one",
    ),
    "no accountable": letters(
        "data-scientist: R", "raci.yml:21  RACI001", "0 accountable roles (none)", "name exactly one"
    ),
    "nobody responsible": letters(
        "data-scientist: A", "raci.yml:21  RACI002", "no responsible role", "give R to whoever does the work"
    ),
    "an unknown role": letters(
        "data-scientist: RA, wizard: C", "raci.yml:21  RACI003", "names the role wizard", "or describe it there"
    ),
    "an unknown letter": spelling("X", "write R, A, C, I, or RA for both R and A"),
    "a lower-case letter": spelling("ra", "write RA"),
    "R/A": spelling("R/A", "write RA"),
    "A,R": spelling("'A,R'", "write RA"),
    "letters that contradict": spelling("RC", "R and C contradict each other; keep one of them"),
    "a path with a space": path("/my notes/", "has a space, and what follows would be read as an owner", "write it as"),
    "a path that begins with #": path("#notes", "begins a comment with #", "use ? in place of #"),
    "a path that begins with !": path("!/src/", "begins with !, and GitHub cannot exclude", "name another owner"),
    "a path with brackets": path(
        "/src/[ab].py", "GitHub has no character ranges", "write one pattern for each, or use *"
    ),
    "a Windows path": path(r"src\model.py", "is written as on Windows", "write / between folders, from the root"),
    "a glob with alternatives": path("/src/*.{py,sql}", "has alternatives", "write one pattern for each"),
    "an extended glob": path("/src/!(a).py", "has alternatives", "write one pattern for each"),
    "an activity written twice": Mistake(
        "  Run the service:",
        "  Train the model:",
        "raci.yml:30  RACI015",
        "key 'Train the model' is written twice (first on line 21)",
        "keep one",
    ),
    "a role with two letters": letters(
        "data-scientist: RA, data-scientist: I", "raci.yml:23  RACI015", "is written twice", "keep one"
    ),
    "a tab": Mistake("    paths: [/src/]", "\tpaths: [/src/]", "raci.yml:24  RACI015", "is not YAML", "indent"),
    "an emoji team": Mistake(
        '"@acme/product"',
        '"@acme/🦊"',
        "raci.yml:12  RACI004",
        "'@acme/🦊' is not a GitHub handle",
        'write "@organization/team" or "@user"',
    ),
    "escalation to nobody": Mistake(
        SCIENCE,
        f"{SCIENCE}\n    escalates_to: boss",
        "raci.yml:2  RACI022",
        "escalates to boss, which is not under roles",
        "or describe it there",
    ),
    "escalation that goes round": Mistake(
        SCIENCE,
        f"{SCIENCE}\n    escalates_to: data-scientist",
        "raci.yml:2  RACI022",
        "escalation goes round (data-scientist > data-scientist)",
        "take escalates_to from the one who decides in the end",
    ),
}


def derived(repository: Repository) -> dict[str, bytes]:
    files = [*(repository.root / ".github").rglob("*"), *(repository.root / "docs").rglob("*")]
    return {file.name: file.read_bytes() for file in files if file.is_file()}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("verb", ["check", "sync"])
def test_a_mistake_is_told_with_its_line_and_remedy_and_nothing_derived_changes(
    repository: Repository, matrix: Matrix, verb: str, mistake: Mistake
) -> None:
    before = derived(repository)
    repository.write("raci.yml", matrix.but(mistake.old, mistake.new).text)
    repository.track()

    outcome = repository.road("raci", verb)

    said = outcome.stdout + outcome.stderr
    told = said.partition(mistake.place)[2].partition("raci.yml:")[0]
    assert outcome.exit_code == 1
    assert mistake.fact in told, said
    assert mistake.remedy in told, said
    assert "Traceback" not in said
    assert derived(repository) == before


def test_five_thousand_activities_are_checked_and_derived(repository: Repository, matrix: Matrix) -> None:
    more = "".join(
        f"  Work {number}:\n    loop: system\n    letters: {{mlops-engineer: RA, data-scientist: C}}\n"
        f"    paths: [/part/{number}/]\n"
        for number in range(5_000)
    )
    repository.write("raci.yml", matrix.but("requests:\n", f"{more}requests:\n").text)
    repository.track()

    checked, synced = repository.road("raci", "check", "--json"), repository.road("raci", "sync")

    assert checked.exit_code == 0
    assert checked.stdout.count("RACI006") == 5_000
    assert synced.exit_code == 0
    assert "/part/4999/ @acme/operations\n" in (repository.root / ".github/CODEOWNERS").read_text()
