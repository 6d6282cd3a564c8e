"""The chart in docs/: what raci.yml says, in tables that a person can read."""

import json

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from .conftest import Matrix, Repository

CHART = "docs/ownership.md"


def tables(repository: Repository) -> dict[str, list[list[str]]]:
    """The rows of each table, by the heading that it stands under."""
    text = (repository.root / CHART).read_text(encoding="utf-8")
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for node in SyntaxTreeNode(MarkdownIt().enable("table").parse(text)).children:
        if node.type == "heading":
            heading = said(node)
        if node.type == "table":
            found[heading] = [[said(cell) for cell in row.children] for row in node.walk() if row.type == "tr"]
    return found


def said(node: SyntaxTreeNode) -> str:
    return "".join(each.content for each in node.walk() if each.type in ("text", "code_inline"))


def test_the_chart_shows_every_letter_by_loop(repository: Repository) -> None:
    shown = tables(repository)

    assert shown["Science Loop"] == [
        ["Activity", "Data scientist", "MLOps engineer", "Product manager"],
        ["Keep the repository", "RA", "R", "C"],
        ["Train the model", "RA", "I", ""],
    ]
    assert shown["Requests"] == [["Request", "Data scientist", "Product manager"], ["Retraining request", "RA", "I"]]


def test_the_chart_lists_alerts_files_and_roles(repository: Repository, matrix: Matrix) -> None:
    text = matrix.but('contact: "#science"', 'contact: "#science"\n    does: [trains]\n    does_not: [deploy]').text
    repository.write("raci.yml", text)
    repository.road("raci", "sync")

    shown = tables(repository)

    assert shown["Alerts"][1:] == [["ErrorBudgetBurns", "MLOps engineer", "", "docs/errors.md", "Run the service"]]
    assert shown["Files"][-1] == ["/src/serving.py", "Run the service", "MLOps engineer"]
    assert shown["Roles"][1:] == [
        ["Data scientist", "@acme/science", "#science", "trains", "deploy"],
        ["MLOps engineer", "@acme/operations", "https://example.com/pager", "", ""],
        ["Product manager", "@acme/product", "", "", ""],
    ]


def test_a_runbook_is_a_link_that_leads_somewhere(repository: Repository) -> None:
    text = (repository.root / CHART).read_text(encoding="utf-8")

    assert "[docs/errors.md](<../docs/errors.md>)" in text
    assert ((repository.root / CHART).parent / "../docs/errors.md").exists()


def test_a_handoff_says_from_whom_to_whom(repository: Repository) -> None:
    text = (repository.root / CHART).read_text(encoding="utf-8")

    assert "\n\n- Hand the model over: from the Data scientist to the MLOps engineer\n" in text


def test_a_matrix_without_alerts_says_so(repository: Repository, matrix: Matrix) -> None:
    alerts = "    alerts:\n      - {name: ErrorBudgetBurns, runbook: docs/errors.md}\n"
    repository.write("raci.yml", matrix.but(alerts, "").text)

    repository.road("raci", "sync")

    assert "No activity in `raci.yml` names an alert yet." in (repository.root / CHART).read_text(encoding="utf-8")


def test_what_people_write_cannot_break_a_table(repository: Repository, matrix: Matrix) -> None:
    odd = "a | b `c` <i>*d*</i> [e](f) \\ ~g~ &amp;"
    repository.write("raci.yml", matrix.but("title: Product manager", f"title: {json.dumps(odd)}").text)

    outcome = repository.road("raci", "sync")

    assert outcome.exit_code == 0, outcome.stderr
    assert tables(repository)["Roles"][-1][0] == odd


def test_check_refuses_a_chart_that_somebody_edited(repository: Repository) -> None:
    file = repository.root / CHART
    file.write_text(file.read_text(encoding="utf-8").replace("**RA** | R |", "R | **RA** |", 1), encoding="utf-8")

    outcome = repository.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert f"{CHART}:12  OWNERS001  says `| Keep the repository | R | **RA** |" in outcome.stdout
