"""`fleet report` on a small fleet of real repositories: each state that one can be in, and each bad input."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import git
from .conftest import DAYS, Said, commit, fleet

pytestmark = pytest.mark.xdist_group("fleet")
Change = Callable[[Path], object]


def edit(path: str, text: str) -> Change:
    return lambda root: (root / path).write_text(text)


def swap(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new))

    return change


def drift(root: Path) -> None:
    (root / "platform" / "README.md").write_text("Ours.\n")
    (root / "Dockerfile").unlink()
    (root / ".github/workflows/ours.yml").write_text("on: push\n")
    (root / "src/card_fraud/model.py").write_text("")
    (root / "README.md").write_text("Ours.\n")


CHANGES: dict[str, Change] = {
    "drifted": drift,
    "no-team": swap("raci.yml", 'team: "@acme/card-fraud-product"', 'team: ""'),
    "no-yaml": edit("raci.yml", "roles: ["),
    "no-raci": lambda root: (root / "raci.yml").unlink(),
    "no-owners": lambda root: (root / ".github/CODEOWNERS").unlink(),
    "out-of-step": swap(".github/CODEOWNERS", "@acme/card-fraud-science", "@acme/somebody"),
    "unowned": lambda root: swap("raci.yml", 'paths: ["*"', 'paths: ["/nothing"')(root),
    "conflict": edit("notes.md", "<<<<<<< before updating\nOurs.\n=======\nTheirs.\n>>>>>>> after updating\n"),
    "no-lock": lambda root: (root / "uv.lock").unlink(),
    "no-answers": lambda root: (root / ".copier-answers.yml").unlink(),
    "bad-answers": edit(".copier-answers.yml", "a: ["),
    "refused": swap(".copier-answers.yml", "project_name: Card Fraud", "project_name: '-'"),
    "lost": swap(".copier-answers.yml", "_commit: v0.2.0", "_commit: v0.7.0"),
    "foreign": swap(".copier-answers.yml", "_src_path: /", "_src_path: https://example.com/"),
}


@pytest.fixture(scope="module")
def garage(born: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three, and clones of the first with one change each; some folders are no repositories."""
    folder = tmp_path_factory.mktemp("garage")
    for name in ("current", "behind", "other"):
        shutil.copytree(born / name, folder / name)
    for name, change in CHANGES.items():
        git(folder, "clone", "-q", str(born / "current"), name)
        change(folder / name)
        commit(folder / name)
    git(folder, "init", "-q", "empty")
    names = ["current", "behind", "other", *CHANGES, "empty", "gone", "current/src"]
    (folder / "fleet.txt").write_text("# ours\n" + "".join(f"./{name}  # here\n" for name in names))
    return folder


@pytest.fixture(scope="module")
def reported(garage: Path, source: Path) -> Said:
    return fleet("report", garage / "fleet.txt", "--template", source, "--json", "--page", garage / "fleet.html")


@pytest.mark.parametrize("name", ["current", "other"])
def test_a_repository_as_the_newest_release_makes_it_is_in_order(reported: Said, name: str) -> None:
    row = reported.rows[f"./{name}"]

    assert reported.exit_code == 0
    assert row["concerns"] == []
    assert (row["version"], row["versions_behind"], row["days_behind"]) == ("v0.2.0", 0, 0)
    assert (row["drift"], row["drift_unknown"], row["gates"]) == ([], "", "unknown")


def test_a_repository_of_an_older_release_is_behind_and_held_against_that_release(reported: Said) -> None:
    row = reported.rows["./behind"]

    assert row["concerns"] == ["behind"]
    assert (row["version"], row["versions_behind"], row["days_behind"]) == ("v0.1.0", 1, DAYS)
    assert row["drift"] == []


def test_drift_is_what_was_changed_or_deleted_of_the_platforms_files_and_nothing_of_the_teams(reported: Said) -> None:
    row = reported.rows["./drifted"]

    assert row["concerns"] == ["drift"]
    assert row["drift"] == ["Dockerfile", "platform/README.md"]


@pytest.mark.parametrize(
    ("name", "gap"),
    [
        ("no-team", "no team"),
        ("no-yaml", "raci.yml:2 is not YAML"),
        ("no-raci", "no raci.yml: nobody is named"),
        ("no-owners", "no .github/CODEOWNERS: GitHub asks nobody for a review"),
        ("out-of-step", ".github/CODEOWNERS names others than raci.yml: `road raci sync` was not run"),
        ("unowned", "nobody owns it"),
    ],
)
def test_an_ownership_gap_is_told(reported: Said, name: str, gap: str) -> None:
    row = reported.rows[f"./{name}"]

    assert "ownership" in row["concerns"]
    assert any(gap in said for said in row["ownership"]), row["ownership"]


@pytest.mark.parametrize(("name", "fact"), [("conflict", "conflict markers in notes.md"), ("no-lock", "no uv.lock")])
def test_a_gate_that_fails_for_sure_is_told_without_ci(reported: Said, name: str, fact: str) -> None:
    row = reported.rows[f"./{name}"]

    assert (row["gates"], row["gate_facts"]) == ("failing", [fact])
    assert "gates" in row["concerns"]


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("no-answers", "other", "is not made from this template: it has no .copier-answers.yml"),
        ("foreign", "other", "is made from https://example.com/"),
        ("bad-answers", "unreadable", ".copier-answers.yml is not YAML: restore it from git"),
        ("empty", "unreadable", "is empty: nothing was ever committed"),
        ("gone", "unreadable", "there is no such folder"),
        ("current/src", "unreadable", "is a folder inside a repository, and none itself"),
    ],
)
def test_a_repository_that_cannot_be_judged_is_a_row_with_its_reason(
    reported: Said, name: str, state: str, reason: str
) -> None:
    row = reported.rows[f"./{name}"]

    assert row["state"] == state
    assert reason in row["reason"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("refused", "Copier refuses the recorded answers"), ("lost", "the template has no version v0.7.0")],
)
def test_drift_that_cannot_be_known_is_said_so(reported: Said, name: str, reason: str) -> None:
    row = reported.rows[f"./{name}"]

    assert row["state"] == "read"
    assert reason in row["drift_unknown"]


def test_the_page_has_a_row_for_each_and_loads_nothing(reported: Said, garage: Path) -> None:
    text = (garage / "fleet.html").read_text()

    assert text.count("<tr") == len(reported.rows) + 1
    assert "<li>differs from the template: platform/README.md</li>" in text
    assert "<script" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def listed(tmp_path: Path, *entries: str, name: str = "fleet.txt") -> Path:
    (tmp_path / name).write_text("".join(f"{entry}\n" for entry in entries))
    return tmp_path / name


def test_the_table_says_it_in_words_and_an_url_is_cloned(garage: Path, source: Path, tmp_path: Path) -> None:
    places = listed(tmp_path, f"file://{garage}/behind", f"file://{garage}/nowhere")

    said = fleet("report", places, "--template", source)

    assert said.exit_code == 0
    assert f"1 version, {DAYS} days" in said.text
    assert "The newest release is v0.2.0. 2 repositories, 0 in order, 1 behind" in said.text
    assert "1 unreadable" in said.text


@pytest.mark.parametrize(("concerns", "code"), [("drift", 0), ("unreadable", 1), ("drift,unreadable", 1)])
def test_fail_on_ends_with_1_for_what_it_names(source: Path, tmp_path: Path, concerns: str, code: int) -> None:
    places = listed(tmp_path, "./gone")

    said = fleet("report", places, "--template", source, "--fail-on", concerns)

    assert said.exit_code == code
    assert "./gone: there is no such folder" in said.text


def test_what_a_repository_says_is_escaped_on_the_page_and_does_not_steer_a_terminal(
    source: Path, tmp_path: Path
) -> None:
    places = tmp_path / "a.txt"
    places.write_text("./<script>alert(1)</script>\x1b[2J[red]\n")

    said = fleet("report", places, "--template", source, "--page", tmp_path / "page.html")

    assert "<script>" not in (tmp_path / "page.html").read_text()
    assert "&lt;script&gt;" in (tmp_path / "page.html").read_text()
    assert "\x1b" not in said.text
    assert "[red]" in said.text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("none.txt", None, "cannot be read: No such file or directory"),
        ("empty.txt", "# nothing\n", "lists no repository"),
        ("twice.txt", "./a\n./a\n", "./a stands there twice"),
        ("odd.txt", "not a repository\n", "'not a repository' is no repository"),
        ("ext.txt", "ext::sh -c id\n", "is no repository: write a folder"),
        ("odd.yml", "repositories: [", "is not YAML: mend that line"),
        ("flat.yml", "[a]", "has no list `repositories`"),
        ("keys.yml", "repositories: [{repository: ./a, ring: 1}]", "nothing is known of ring"),
        ("wave.yml", "repositories: [{repository: ./a, wave: 0}]", "./a has the wave 0"),
        ("none.yml", "repositories: [{wave: 1}]", "None is no repository"),
    ],
)
def test_a_list_that_is_none_is_refused(source: Path, tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)

    outcome = fleet("report", tmp_path / name, "--template", source)

    assert outcome.exit_code == 1
    assert said in outcome.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report"], "no list of repositories: name a file"),
        (["report", "fleet.txt", "--organization", "acme"], "both a list and --organization"),
        (["report", "fleet.txt", "--fail-on", "age"], "nothing is known of age: choose from behind, drift"),
        (["report", "fleet.txt", "--template", "empty"], "has no release: none of its tags is a version"),
        (["report", "fleet.txt", "--template", "/nowhere"], "cannot change to '/nowhere'"),
        (["report", "fleet.txt", "--page", "/nowhere/fleet.html"], "cannot be written: No such file or directory"),
    ],
)
def test_a_command_that_cannot_be_followed_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "empty")
    (tmp_path / "fleet.txt").write_text("./gone\n")
    named = [] if "--template" in arguments else ["--template", str(source)]

    outcome = fleet(*arguments, *named)

    assert outcome.exit_code == 1
    assert said in outcome.text


def test_half_of_what_was_kept_or_a_place_to_keep_it_that_is_none_only_costs_time(
    born: Path, source: Path, tmp_path: Path
) -> None:
    places, cache = listed(tmp_path, str(born / "behind")), tmp_path / "cache"
    arguments = ("report", places, "--template", source, "--json", "--cache")
    first = fleet(*arguments, cache)
    for file in cache.iterdir():
        file.write_text(file.read_text()[:100])

    again, nowhere = fleet(*arguments, cache), fleet(*arguments, places)

    assert first.rows[str(born / "behind")]["drift"] == []
    assert again.text == nowhere.text == first.text


def test_without_git_it_says_so(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    said = fleet("report", listed(tmp_path, "./gone"), "--template", source)

    assert said.exit_code == 1
    assert "git is not installed" in said.text
