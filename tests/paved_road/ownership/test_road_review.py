"""`road raci review`: whom a branch concerns."""

import json
import subprocess

import pytest

from .conftest import Matrix, Repository


@pytest.fixture
def branch(repository: Repository) -> Repository:
    """A branch that has left main with nothing changed yet."""
    repository.track()
    git(repository, "branch", "-M", "main")
    commit(repository)
    git(repository, "switch", "--quiet", "--create", "change")
    return repository


def git(repository: Repository, *arguments: str) -> None:
    person = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *person, *arguments], cwd=repository.root, check=True, capture_output=True)


def commit(repository: Repository) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--message", "Change", "--allow-empty")


def test_it_says_of_each_changed_file_who_has_which_letter(branch: Repository) -> None:
    branch.write("src/model.py", "changed\n")
    branch.write("deploy/service.yml", "changed\n")
    commit(branch)

    outcome = branch.road("raci", "review")

    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "Train the model: src/model.py\n"
        "  accountable  Data scientist (@acme/science)\n"
        "  responsible  Data scientist (@acme/science)\n"
        "  informed     MLOps engineer (@acme/operations)\n"
        "Run the service: deploy/service.yml\n"
        "  accountable  MLOps engineer (@acme/operations)\n"
        "  responsible  MLOps engineer (@acme/operations)\n"
        "  consulted    Data scientist (@acme/science)\n"
    )


def test_it_reviews_a_change_that_is_not_checked_out(branch: Repository) -> None:
    branch.write("src/model.py", "changed\n")
    commit(branch)
    git(branch, "switch", "--quiet", "main")

    outcome = branch.road("raci", "review", "--base", "main", "--head", "change")

    assert outcome.stdout.startswith("Train the model: src/model.py\n")


def test_it_names_those_whose_word_is_wanted_and_whom_codeowners_does_not_ask(branch: Repository) -> None:
    branch.write("deploy/service.yml", "changed\n")
    branch.write("README.md", "new\n")
    commit(branch)

    outcome = branch.road("raci", "review", "--json")

    document = json.loads(outcome.stdout)
    assert document["activities"][1]["consulted"] == ["Data scientist (@acme/science)"]
    assert document["ask"] == ["@acme/product"]


def test_a_file_that_moves_concerns_both_owners(branch: Repository) -> None:
    git(branch, "mv", "src/model.py", "deploy/model.py")
    commit(branch)

    outcome = branch.road("raci", "review", "--json", inside="src")

    activities = json.loads(outcome.stdout)["activities"]
    assert [(each["activity"], each["paths"]) for each in activities] == [
        ("Train the model", ["src/model.py"]),
        ("Run the service", ["deploy/model.py"]),
    ]
    assert activities[0]["informed"] == ["MLOps engineer (@acme/operations)"]


def test_what_main_did_meanwhile_is_not_the_branchs(branch: Repository) -> None:
    git(branch, "switch", "--quiet", "main")
    branch.write("src/model.py", "elsewhere\n")
    commit(branch)
    git(branch, "switch", "--quiet", "change")

    outcome = branch.road("raci", "review", "--base", "main")

    assert outcome.stdout == "no owned file is changed\n"


def test_it_says_what_nobody_owns_and_refuses_nothing(branch: Repository, matrix: Matrix) -> None:
    branch.write("raci.yml", matrix.but('    paths: ["*"]\n', "").but('"@acme/product"', '""').text)
    branch.write("src/model.py", "changed\n")
    commit(branch)

    outcome = branch.road("raci", "review", "--json")

    document = json.loads(outcome.stdout)
    assert outcome.exit_code == 0
    assert [(one["code"], one["path"]) for one in document["findings"]] == [("REVIEW002", "raci.yml")]
    assert document["findings"][0]["fact"] == "nobody owns it"


def test_it_names_a_role_that_no_team_holds(branch: Repository, matrix: Matrix) -> None:
    branch.write("raci.yml", matrix.but('"@acme/product"', '""').text)
    commit(branch)

    outcome = branch.road("raci", "review")

    assert outcome.exit_code == 0
    assert "raci.yml:12  REVIEW003  warning: Product manager: no team holds the role" in outcome.stdout


def test_markdown_is_one_table_whatever_files_are_called(branch: Repository) -> None:
    names = [f"src/{odd}.py" for odd in ("a|b", "`c`", "<img src=x>", "d\ne", "f", "g")]
    for name in names:
        branch.write(name.replace("/src", "src"), "new\n")
    commit(branch)

    outcome = branch.road("raci", "review", "--markdown")

    lines = outcome.stdout.splitlines()
    assert outcome.exit_code == 0
    assert lines[0] == "## Whose this change is"
    assert len(lines) == 5 and lines[4].count("|") - lines[4].count("\\|") == 7
    assert "<img" not in outcome.stdout
    assert " and 1 more | Train the model | Data scientist (@acme/science) |" in lines[4]


def test_markdown_says_what_is_missing(branch: Repository, matrix: Matrix) -> None:
    branch.write("raci.yml", matrix.but('    paths: ["*"]\n', "").text)
    commit(branch)

    outcome = branch.road("raci", "review", "--markdown")

    assert "It changes no file that anybody owns." in outcome.stdout
    assert "**Missing**\n\n- `raci.yml`: nobody owns it; add a pattern for it" in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["--base", "nowhere"], 1, "GIT003  'nowhere' is no commit of this repository"),
        (["--head", "nowhere"], 1, "GIT003  'nowhere' is no commit of this repository"),
        (["--json", "--markdown"], 2, "--markdown and --json exclude each other"),
    ],
)
def test_it_says_what_it_cannot_do(branch: Repository, arguments: list[str], exit_code: int, message: str) -> None:
    outcome = branch.road("raci", "review", *arguments)

    assert outcome.exit_code == exit_code
    assert message in outcome.stdout + outcome.stderr


def test_it_says_that_a_base_has_no_common_commit(branch: Repository) -> None:
    git(branch, "checkout", "--quiet", "--orphan", "island")
    branch.write("src/model.py", "another commit than main's, even in the same second\n")
    commit(branch)

    outcome = branch.road("raci", "review")

    assert outcome.exit_code == 1
    assert "REVIEW001  git does not say what changed since main" in outcome.stderr
    assert "git fetch --unshallow" in outcome.stderr
