"""Every rule of the linter can fail, at the place and with the remedy that a reader needs."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from paved_road.ownership import file_rules, lint, matrix_rules

from .conftest import Matrix

TRACKED = ("README.md", "src/model.py", "src/serving.py", "deploy/service.yml", "handoff/manifest.json")


def test_a_whole_matrix_breaks_no_rule(matrix: Matrix, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/errors.md").touch()

    assert matrix.findings() == ""
    assert matrix.findings_for(tmp_path, *TRACKED) == ""


def test_two_accountable_roles_are_refused(matrix: Matrix) -> None:
    doubled = matrix.but("{data-scientist: RA, mlops-engineer: I}", "{data-scientist: RA, mlops-engineer: A}")

    assert doubled.findings() == (
        "raci.yml:21  RACI001  Train the model: 2 accountable roles (data-scientist, mlops-engineer)\n"
        "                      name exactly one"
    )


def test_an_activity_without_an_accountable_role_is_refused(matrix: Matrix) -> None:
    orphaned = matrix.but("{data-scientist: RA, mlops-engineer: I}", "{data-scientist: R, mlops-engineer: I}")

    assert "RACI001  Train the model: 0 accountable roles (none)" in orphaned.findings()


def test_a_request_without_an_accountable_role_is_refused(matrix: Matrix) -> None:
    orphaned = matrix.but("{data-scientist: RA, product-manager: I}", "{data-scientist: R, product-manager: I}")

    assert "RACI001  Retraining request: 0 accountable roles (none)" in orphaned.findings()


def test_an_activity_that_nobody_does_is_refused(matrix: Matrix) -> None:
    idle = matrix.but("{data-scientist: RA, mlops-engineer: I}", "{data-scientist: A, mlops-engineer: I}")

    assert "raci.yml:21  RACI002  Train the model: no responsible role" in idle.findings()


def test_a_letter_for_an_unknown_role_is_refused(matrix: Matrix) -> None:
    misspelt = matrix.but("{data-scientist: RA, mlops-engineer: I}", "{data-scientist: RA, ml-ops-engineer: I}")

    findings = misspelt.findings()

    assert "RACI003  Train the model: names the role ml-ops-engineer, which is not under roles" in findings
    assert "one of data-scientist, mlops-engineer, product-manager; or describe it there" in findings


def test_acceptance_by_an_unknown_role_is_refused(matrix: Matrix) -> None:
    misspelt = matrix.but("accepted_by: mlops-engineer", "accepted_by: operator")

    assert "RACI003  Hand the model over: names the role operator" in misspelt.findings()


def test_a_role_that_no_team_holds_is_refused(matrix: Matrix) -> None:
    vacant = matrix.but('    team: "@acme/product"\n', "")

    assert "raci.yml:12  RACI004  product-manager: no team holds it" in vacant.findings()


@pytest.mark.parametrize(
    "handle",
    [
        "acme/product",
        "@acme/",
        "@-acme/product",
        "@acme/a b",
        "@acme/a @evil",
        "x@y.org",
        "@acme/🦊",
        "@acme/a/b",
        "＠acme/ml",
    ],
)
def test_a_team_that_github_cannot_ask_is_refused(matrix: Matrix, handle: str) -> None:
    misspelt = matrix.but('"@acme/product"', f'"{handle}"')

    assert f"RACI004  product-manager: '{handle}' is not a GitHub handle" in misspelt.findings()


def test_a_science_role_that_answers_alerts_is_refused(matrix: Matrix) -> None:
    paged = matrix.but("{mlops-engineer: RA, data-scientist: C}", "{mlops-engineer: R, data-scientist: A}")

    assert "RACI007  Run the service: has alerts, and data-scientist of the Science Loop answers" in paged.findings()


def test_a_science_role_may_answer_alerts_where_an_exception_says_why(matrix: Matrix) -> None:
    agreed = matrix.but(
        "{mlops-engineer: RA, data-scientist: C}",
        "{mlops-engineer: R, data-scientist: A}\n    exception: Until the operators are hired, in May.",
    )

    assert "RACI007" not in agreed.findings()


def test_a_role_that_is_only_ever_informed_is_pointed_out_and_not_refused(matrix: Matrix) -> None:
    spectator = matrix.but("mlops-engineer: R, product-manager: C}", "mlops-engineer: R}")

    assert "raci.yml:12  RACI008  warning: product-manager: is only ever informed" in spectator.findings()


def test_a_role_without_any_letter_is_pointed_out(matrix: Matrix) -> None:
    absent = matrix.but("mlops-engineer: R, product-manager: C}", "mlops-engineer: R}").but(
        "{data-scientist: RA, product-manager: I}", "{data-scientist: RA}"
    )

    assert "RACI008  warning: product-manager: has no letter anywhere" in absent.findings()


def test_a_role_that_accepts_without_being_asked_to_review_is_refused(matrix: Matrix) -> None:
    passed_over = matrix.but("{data-scientist: RA, mlops-engineer: R}", "{data-scientist: RA, mlops-engineer: C}")

    assert "RACI012  Hand the model over: mlops-engineer accepts, and is not asked to review" in passed_over.findings()


def test_a_role_that_hands_over_to_itself_is_refused(matrix: Matrix) -> None:
    one_sided = matrix.but("accepted_by: mlops-engineer", "accepted_by: data-scientist")

    assert "RACI012  Hand the model over: data-scientist hands over and accepts" in one_sided.findings()


def test_an_alert_without_a_runbook_is_refused(matrix: Matrix) -> None:
    silent = matrix.but(", runbook: docs/errors.md", "")

    assert "RACI010  Run the service: the alert ErrorBudgetBurns has no runbook" in silent.findings()


def test_a_runbook_that_is_not_there_is_refused(matrix: Matrix, tmp_path: Path) -> None:
    assert (
        "RACI010  Run the service: the runbook docs/errors.md of ErrorBudgetBurns is not there"
    ) in matrix.findings_for(tmp_path, *TRACKED)


def test_a_runbook_on_another_site_is_taken_at_its_word(matrix: Matrix, tmp_path: Path) -> None:
    elsewhere = matrix.but("docs/errors.md", "https://runbooks.example.com/errors")

    assert elsewhere.findings_for(tmp_path, *TRACKED) == ""


@pytest.mark.parametrize(
    ("pattern", "fact"),
    [
        ("!/src/", "begins with !"),
        ("/src/[ab].py", "has [ or ]"),
        ("/my notes/", "has a space"),
        ("/src/ @evil/team", "has a space"),
        (r"/a\*b", "has a backslash"),
        (r"/a\\ b", "has a backslash"),
        ("#notes", "begins a comment"),
        (r"/a\ #b", "begins a comment"),
        ("/src/\n* @evil/team", "has a tab, a line break"),
        ("/src/\t@evil/team", "has a tab, a line break"),
        ("/src/**/", "ends in **/"),
        (r"src\model.py", "is written as on Windows"),
        ("C:/src/", "is written as on Windows"),
        ("/src/*.{py,ipynb}", "has alternatives"),
        ("/src/@(a|b).py", "has alternatives"),
        ("./src/", "has ./"),
        ("/src/../deploy/", "has ./"),
        ("/src//a.py", "has ./"),
        ("/src/***", "has three * in a row"),
    ],
)
def test_a_path_that_github_reads_otherwise_is_refused(matrix: Matrix, pattern: str, fact: str) -> None:
    quoted = pattern.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    hostile = matrix.but("paths: [/src/]", f'paths: ["{quoted}"]')

    findings = hostile.findings()

    assert f"raci.yml:21  RACI011  Train the model: the path {pattern!r} " in findings
    assert fact in findings


def test_an_escaped_space_is_allowed(matrix: Matrix) -> None:
    spaced = matrix.but("paths: [/src/]", 'paths: ["/my\\\\ notes/"]')

    assert spaced.findings() == ""


def test_codeowners_that_github_would_not_read_is_refused_at_who_makes_it_long(matrix: Matrix) -> None:
    files = ", ".join(f"/src/{'deep/' * 40}{number}.py" for number in range(15_000))
    long = matrix.but("paths: [/src/]", f"paths: [{files}]")

    findings = long.findings()

    assert "raci.yml:21  RACI023  CODEOWNERS would have 3.4 MB, and GitHub reads 3 MB; Train the model has" in findings
    assert "own folders (/src/) rather than single files" in findings


def test_codeowners_of_three_megabytes_is_read(matrix: Matrix) -> None:
    files = ", ".join(f"/src/{'deep/' * 40}{number}.py" for number in range(13_000))

    assert matrix.but("paths: [/src/]", f"paths: [{files}]").findings() == ""


def test_one_team_with_two_numbers_is_refused(matrix: Matrix) -> None:
    torn = matrix.but('    contact: "#science"', '    contact: "#science"\n    team_id: 7').but(
        '    team: "@acme/operations"', '    team: "@acme/science"\n    team_id: 8'
    )

    findings = torn.findings()

    assert "raci.yml:8  RACI024  mlops-engineer: @acme/science has team_id 8, and 7 at data-scientist" in findings
    assert "keep what `gh api orgs/ORGANIZATION/teams/TEAM --jq .id` says" in findings


def test_a_path_that_two_activities_claim_is_refused(matrix: Matrix) -> None:
    contested = matrix.but("[/deploy/, /src/serving.py]", "[/deploy/, /src/]")

    assert "RACI013  Run the service: the path /src/ already belongs to Train the model" in contested.findings()


def test_an_alert_that_two_activities_claim_is_refused(matrix: Matrix) -> None:
    contested = matrix.but("paths: [/src/]", "alerts: [{name: ErrorBudgetBurns, runbook: docs/other.md}]")

    assert "RACI013  Run the service: the alert ErrorBudgetBurns already belongs to" in contested.findings()


def test_a_tracked_file_that_nobody_owns_is_refused(matrix: Matrix, tmp_path: Path) -> None:
    holed = matrix.but('    paths: ["*"]\n', "")

    findings = holed.findings_for(tmp_path, *TRACKED)

    assert "README.md  RACI005  nobody owns it" in findings
    assert "src/model.py" not in findings


def test_a_path_without_a_file_is_pointed_out_and_not_refused(matrix: Matrix, tmp_path: Path) -> None:
    leftover = matrix.but("[/deploy/, /src/serving.py]", "[/deploy/, /src/srving.py]")

    findings = leftover.findings_for(tmp_path, *TRACKED)

    assert "RACI006  warning: Run the service: no tracked file matches the path /src/srving.py" in findings


def test_a_special_path_above_the_general_one_is_refused(matrix: Matrix, tmp_path: Path) -> None:
    upside_down = matrix.but("[/src/]", "[/src/serving.py]").but("[/deploy/, /src/serving.py]", "[/deploy/, /src/]")

    findings = upside_down.findings_for(tmp_path, *TRACKED)

    assert (
        "raci.yml:21  RACI014  Train the model: the path /src/serving.py owns nothing, "
        "for /src/ of Run the service stands below it\n"
        "                      of two patterns the lower one wins: move the special one below the general one"
    ) in findings


def test_a_general_path_whose_only_file_is_special_is_no_surprise(matrix: Matrix, tmp_path: Path) -> None:
    assert "RACI014" not in matrix.findings_for(tmp_path, "README.md", "src/serving.py")


def test_a_name_that_takes_files_out_of_a_folder_is_noted(matrix: Matrix, tmp_path: Path) -> None:
    crossing = matrix.but("[/deploy/, /src/serving.py]", "[/deploy/, serving.py]")

    findings = crossing.findings_for(tmp_path, *TRACKED)

    assert "RACI018  note: Train the model: src/serving.py is not its own: serving.py of Run the service" in findings
    assert "if that is not meant, move serving.py above /src/" in findings


def test_one_role_that_answers_for_everything_is_pointed_out(matrix: Matrix) -> None:
    alone = matrix.but("{mlops-engineer: RA, data-scientist: C}", "{mlops-engineer: R, data-scientist: A}")

    assert "raci.yml:2  RACI019  warning: data-scientist answers for all 4 activities" in alone.findings()


def test_one_person_who_answers_for_everything_is_pointed_out(matrix: Matrix) -> None:
    alone = matrix.but('"@acme/science"', '"@sam"').but('"@acme/operations"', '"@sam"')

    assert "RACI019  warning: @sam answers for all 4 activities" in alone.findings()


def test_one_team_may_answer_for_everything(matrix: Matrix) -> None:
    full_stack = matrix.but('"@acme/operations"', '"@acme/science"')

    assert full_stack.findings() == ""


def test_an_alert_that_nobody_receives_is_refused(matrix: Matrix) -> None:
    unheard = matrix.but("    contact: https://example.com/pager\n", "")

    findings = unheard.findings()

    assert "raci.yml:7  RACI020  Run the service: nobody receives the alert ErrorBudgetBurns" in findings
    assert "write contact: and the page, channel or address of its duty" in findings


@pytest.mark.parametrize("head", ["", "spec:\n"])
def test_an_alert_rule_that_belongs_to_no_activity_is_refused(matrix: Matrix, tmp_path: Path, head: str) -> None:
    rules = tmp_path / "monitoring/rules.yml"
    rules.parent.mkdir()
    rules.write_text(f"{head}  groups:\n  - rules:\n    - record: errors\n    - alert: NobodyKnowsMe\n")

    findings = matrix.findings_for(tmp_path, *TRACKED, "monitoring/rules.yml")

    line = 4 + bool(head)
    assert f"monitoring/rules.yml:{line}  RACI021  nobody receives the alert NobodyKnowsMe" in findings


@pytest.mark.parametrize("text", ["{{ not yaml", "- a list", "groups: none", "groups: [1, {rules: [2, {alert: 3}]}]"])
def test_a_file_of_monitoring_that_holds_no_rules_is_left_to_others(matrix: Matrix, tmp_path: Path, text: str) -> None:
    other = tmp_path / "monitoring/other.yaml"
    other.parent.mkdir()
    other.write_text(text)

    assert "RACI021" not in matrix.findings_for(tmp_path, *TRACKED, "monitoring/other.yaml")


def test_escalation_to_an_unknown_role_is_refused(matrix: Matrix) -> None:
    misspelt = matrix.but('    team: "@acme/product"', '    team: "@acme/product"\n    escalates_to: boss')

    assert "RACI022  product-manager: escalates to boss, which is not under roles" in misspelt.findings()


def test_escalation_that_goes_round_is_refused_where_it_does(matrix: Matrix) -> None:
    cyclic = matrix.but('    contact: "#science"', '    contact: "#science"\n    escalates_to: mlops-engineer').but(
        "    contact: https://example.com/pager",
        "    contact: https://example.com/pager\n    escalates_to: data-scientist",
    )

    findings = cyclic.findings()

    assert (
        "RACI022  data-scientist: escalation goes round (data-scientist > mlops-engineer > data-scientist)" in findings
    )
    assert "RACI022  mlops-engineer: escalation goes round (mlops-engineer > data-scientist > mlops-eng" in findings


def test_a_role_that_alerts_wake_and_nobody_helps_is_pointed_out(matrix: Matrix) -> None:
    lonely = matrix.but('    contact: "#science"', '    contact: "#science"\n    escalates_to: product-manager')

    assert "RACI022  warning: mlops-engineer: answers for alerts, and escalates to nobody" in lonely.findings()


@pytest.mark.parametrize("module", [matrix_rules, file_rules])
def test_every_rule_has_been_named(module: ModuleType) -> None:
    rules = {name for name in vars(module) if name.startswith("check_")}

    assert {rule.__name__ for rule in (*matrix_rules.MATRIX_RULES, *file_rules.FILE_RULES)} >= rules


def test_every_code_says_what_it_stands_for() -> None:
    sources = Path(lint.__file__).parent.glob("*.py")

    used = {code for source in sources for code in re.findall(r"RACI\d{3}", source.read_text(encoding="utf-8"))}

    assert set(lint.CODES) == used
