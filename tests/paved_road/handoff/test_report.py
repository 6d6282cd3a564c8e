"""The page and the card: what they say, what they refuse, and what hostile text cannot do to them."""

import hashlib
import html
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result
from paved_road.cli.handoff import handoff
from paved_road.contracts import model
from paved_road.findings import Problem
from paved_road.handoff import manifest
from paved_road.handoff.manifest import Measure, SliceMeasure
from paved_road.handoff.report import card, charts, evidence, page, promises
from paved_road.project import Project

from .report_examples import HOSTILE, hand_over


@pytest.fixture(scope="module", params=["two classes", "several classes", "a number"])
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[evidence.Evidence, str]:
    """A handoff, and its page with every picture."""
    found = evidence.read(hand_over(tmp_path_factory.mktemp("drawn"), request.param))
    return found, page.render(found)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only words matter, pictures cost nothing."""
    monkeypatch.setattr(charts, "_svg", lambda spec, alt, sized=True: f"<p>{html.escape(alt)}</p>")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return hand_over(tmp_path, "two classes")


def road(*arguments: str) -> Result:
    return CliRunner().invoke(handoff, arguments)


def git(project: Project, *arguments: str) -> None:
    person = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *person, *arguments], cwd=project.root, check=True, capture_output=True)


def commit(project: Project) -> None:
    if not (project.root / ".git").exists():
        git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "A handoff")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("\N{NO-BREAK SPACE}", " ")))


# What it says -----------------------------------------------------------------
def test_the_same_evidence_gives_the_same_page(drawn: tuple[evidence.Evidence, str]) -> None:
    found, first = drawn

    second = page.render(found)

    assert first == second


def test_the_page_asks_for_nothing_and_runs_nothing(drawn: tuple[evidence.Evidence, str]) -> None:
    _, shown = drawn

    assert "<script" not in shown.lower()
    assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", shown))
    assert re.findall(r"(?:src|xlink:href)\s*=|url\(|@import|<(?:iframe|object|embed|form)", shown) == []
    links = set(re.findall(r'href="([^"#][^"]*)"', shown))
    assert links <= {"data:,", "mailto:science@acme.example"}


def test_every_picture_has_its_words_and_its_numbers(drawn: tuple[evidence.Evidence, str]) -> None:
    _, shown = drawn

    figures = re.findall(r"<figure>.*?</figure>", shown, re.DOTALL)
    assert len(figures) >= 8
    for figure in figures:
        assert figure.count("<svg") <= 1 and figure.count('role="img"><title>') == figure.count("<svg")
        assert "<details>" in figure and "<td>" in figure


def test_the_card_says_the_same_as_the_page(drawn: tuple[evidence.Evidence, str]) -> None:
    found, shown = drawn

    markdown = card.render(found.manifest).replace("\N{NO-BREAK SPACE}", " ")

    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|[^\n]* \| (?:kept|close|broken) \|$", markdown, re.MULTILINE)
    said = [measured for _, measured in rows if " is " not in measured]
    assert len(said) >= 7
    assert [measured for measured in said if measured not in text_of(shown)] == []


@pytest.mark.parametrize("drawn", ["several classes"], indirect=True)
def test_hostile_text_stays_text(drawn: tuple[evidence.Evidence, str]) -> None:
    found, shown = drawn

    markdown = card.render(found.manifest)

    assert HOSTILE not in shown and "7 * 7" in shown
    assert "&lt;script&gt;alert(" in shown
    assert HOSTILE not in markdown and "\\<script\\>" in markdown
    assert "javascript:alert(1)" in shown
    assert 'href="javascript' not in shown


@pytest.mark.usefixtures("undrawn")
def test_the_page_names_verdicts_parties_and_figures(project: Project) -> None:
    text = text_of(page.render(evidence.read(project)))

    for said in (
        "All 13 promises kept.",
        "ML engineer @acme/science",
        "MLOps engineer @acme/operations",
        "600 golden rows",
        "3.1 ms",
        "at most 100 ms",
        "Area under the curve",
        "channel is online",
        "2,400",
        "scikit-learn 1.9.1",
        "No earlier handoff is known here: ",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("value", "low", "bounds", "verdict"),
    [
        (0.9, 0.85, {"floor": 0.8}, "kept"),
        (0.9, 0.75, {"floor": 0.8}, "close"),
        (0.7, 0.65, {"floor": 0.8}, "broken"),
        (float("nan"), float("nan"), {"floor": 0.8}, "broken"),
        (0.5, 0.4, {"ceiling": 0.8}, "kept"),
        (0.5, 0.4, {"ceiling": 0.55}, "close"),
        (0.5, 0.4, {"ceiling": 0.3}, "broken"),
    ],
)
def test_a_verdict_looks_at_the_interval_too(value: float, low: float, bounds: dict[str, float], verdict: str) -> None:
    wanted = model.SuccessMetric(metric="recall", floor=bounds.get("floor"), ceiling=bounds.get("ceiling"))
    measured = Measure(value=value, low=low, high=2 * value - low, slices={})

    (promise,) = promises.quality([wanted], {"recall": measured}, None)

    assert promise.verdict == verdict


def test_a_promise_that_nobody_measured_is_broken() -> None:
    (promise,) = promises.quality([model.SuccessMetric(metric="recall", floor=0.1)], {}, None)

    assert promise.verdict == "broken"
    assert promise.measured == "undefined"


def test_a_slice_without_a_figure_is_open() -> None:
    wanted = model.SuccessMetric(metric="recall", floor=0.1, slices={"channel": 0.2})
    slices = {
        "channel": {
            "chip": SliceMeasure(rows=3, value=None, low=None, high=None),
            "online": SliceMeasure(rows=9, value=0.1, low=0.0, high=0.2),
        }
    }
    measured = Measure(value=0.5, low=0.4, high=0.6, slices=slices)

    found = list(promises.parts([wanted], {"recall": measured}, None))

    assert [(part.value, part.verdict) for part in found] == [("chip", "open"), ("online", "broken")]


@pytest.mark.usefixtures("undrawn")
def test_golden_rows_of_one_class_leave_the_curves_out(project: Project) -> None:
    found = evidence.read(project)
    negative = np.zeros(len(found.target), np.int64)

    shown = page.render(evidence.Evidence(found.manifest, negative, found.raw, {}, found.past))

    assert "ROC curve" not in shown
    assert "Reliability diagram" in shown


# What changed -----------------------------------------------------------------
@pytest.mark.usefixtures("undrawn")
def test_the_same_handoff_committed_is_still_the_first(project: Project) -> None:
    commit(project)

    text = text_of(page.render(evidence.read(project)))

    assert "This is the first handoff" in text


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("committed", [False, True])
def test_the_page_says_what_changed_since_the_handoff_before(project: Project, committed: bool) -> None:
    commit(project)
    hand_over(project.root, "two classes", seed=1, version="1.1.0")
    if committed:
        commit(project)

    text = text_of(page.render(evidence.read(project)))

    assert "Contract version 1.0.0 1.1.0 changed" in text
    assert re.search(r"Precision 0\.\d{3} 0\.\d{3} [+−][\d.]+ %, (better|worse)", text)
    assert "Model size 7 bytes 14 bytes +100.0 %, worse" in text
    assert "The serving packages are the same." in text


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"manifest_version": 0, "seal": "old"}', "of another format"),
        ("not JSON", "This is the first handoff"),
        ("[]", "This is the first handoff"),
    ],
)
def test_an_older_manifest_that_cannot_be_compared_does_not_stop_the_report(
    project: Project, content: str, said: str
) -> None:
    file = project.handoff / "manifest.json"
    present = file.read_bytes()
    file.write_text(content)
    commit(project)
    file.write_bytes(present)
    commit(project)

    text = text_of(page.render(evidence.read(project)))

    assert said in text


@pytest.mark.usefixtures("undrawn")
def test_a_shallow_clone_does_not_pretend_to_know_the_first_handoff(project: Project, tmp_path: Path) -> None:
    commit(project)
    hand_over(project.root, "two classes", seed=1)
    commit(project)
    clone = tmp_path / "clone"
    git(project, "clone", "-q", "--depth=1", f"file://{project.root}", str(clone))

    text = text_of(page.render(evidence.read(Project(clone, project.settings))))

    assert "No earlier handoff is known here: git has no earlier manifest here, because this clone is shallow." in text


# What it refuses --------------------------------------------------------------
def test_report_refuses_without_a_handoff(project: Project) -> None:
    (project.handoff / "manifest.json").unlink()

    with pytest.raises(Problem, match="nothing was handed over yet"):
        evidence.read(project)


@pytest.mark.parametrize("name", ["model", "golden", "predictions", "requirements"])
def test_report_refuses_a_file_with_one_byte_changed(project: Project, name: str) -> None:
    file = next(project.handoff.glob(f"{name}-*"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    outcome = road("report")

    assert isinstance(outcome.exception, Problem)
    assert "has digest" in str(outcome.exception)
    assert not (project.state / "report.html").exists()


def test_report_refuses_predictions_of_other_rows(project: Project) -> None:
    np.save(project.root / "predictions.npy", np.zeros((7, 2)))
    content = (project.root / "predictions.npy").read_bytes()
    replace_file(project, "predictions", content)

    with pytest.raises(Problem, match=r"predictions have shape \(7, 2\)"):
        evidence.read(project)


def replace_file(project: Project, name: str, content: bytes) -> None:
    """Put other bytes in place, with a manifest that names them."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"{name}-{digest[:12]}.npy"
    (project.handoff / path).write_bytes(content)
    handed = manifest.load(project.handoff)
    file = manifest.File(path=path, sha256=digest, size=len(content))
    part = msgspec.structs.replace(handed.baseline, predictions=file)
    whole = msgspec.structs.replace(handed, baseline=part).sealed()
    (project.handoff / "manifest.json").write_bytes(manifest.render(whole))


def test_report_says_what_is_missing_when_charts_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)

    with pytest.raises(Problem, match="vl-convert-python, which is not installed"):
        charts.categories([("a", 1.0)], "A chart.")


@pytest.mark.usefixtures("undrawn")
# The verbs --------------------------------------------------------------------
def test_report_writes_the_page_where_it_is_told(project: Project) -> None:
    outcomes = [road("report"), road("report", "--output", "elsewhere.html")]

    assert [outcome.exit_code for outcome in outcomes] == [0, 0]
    assert ".road/report.html is written" in outcomes[0].output
    assert (project.root / "elsewhere.html").read_bytes() == (project.state / "report.html").read_bytes()


def test_the_card_is_derived_and_checked(project: Project) -> None:
    missing = road("card", "--check")
    written = road("card")
    held = road("card", "--check")
    file = project.root / card.PATH
    file.write_text(file.read_text().replace("ML engineer", "Somebody"))
    refused = road("card", "--check")

    assert [missing.exit_code, written.exit_code, held.exit_code, refused.exit_code] == [1, 0, 0, 1]
    assert "docs/model-card.md  CARD001  is missing, and a model was handed over" in missing.output
    assert "docs/model-card.md:9  CARD001  differs from what handoff/manifest.json says" in refused.output
    assert "run `road handoff card`" in refused.output


def test_before_a_handoff_there_is_no_card_to_check(project: Project) -> None:
    (project.handoff / "manifest.json").unlink()

    outcome = road("card", "--check")

    assert outcome.exit_code == 0
    assert "nothing was handed over yet" in outcome.output


def test_a_card_that_outlived_its_handoff_is_refused(project: Project) -> None:
    road("card")
    (project.handoff / "manifest.json").unlink()

    outcome: Any = road("card", "--check")

    assert isinstance(outcome.exception, Problem)
    assert "nothing was handed over yet" in str(outcome.exception)
