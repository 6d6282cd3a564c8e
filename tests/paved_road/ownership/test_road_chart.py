"""`road raci chart`: one page, in a real browser quiet, without a network, as wide as its screen, and accessible."""

from pathlib import Path

import pytest
from tools import browser

from .conftest import Matrix, Repository

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def page(repository: Repository) -> Path:
    assert repository.road("raci", "chart").exit_code == 0
    return repository.root / ".road/ownership.html"


@pytest.mark.parametrize(("width", "scheme"), browser.SCREENS)
def test_the_chart_is_quiet_accessible_and_no_wider_than_its_screen(
    look: browser.Look, page: Path, width: int, scheme: browser.Scheme
) -> None:
    shown, heard = look(width, scheme)

    wide = shown.evaluate("document.documentElement.scrollWidth")
    asked = list(heard)

    assert asked == [page.as_uri()]
    assert wide <= width
    assert browser.barriers(shown) == []


def test_on_a_phone_a_letter_stands_beside_its_role(look: browser.Look) -> None:
    shown, _ = look(360, "light")

    cell = shown.locator("td[data-role='MLOps engineer']:not(.empty)").first

    assert cell.evaluate("cell => getComputedStyle(cell, '::after').content") == '"MLOps engineer"'
    assert not shown.locator("td.empty").first.is_visible()


def test_letters_are_told_apart_by_shape(look: browser.Look) -> None:
    shown, _ = look(1280, "light")

    shapes = {
        letter: shown.locator(f".legend .{letter}").evaluate(
            "each => [getComputedStyle(each).borderRadius, getComputedStyle(each).borderStyle, each.textContent].join()"
        )
        for letter in ("A", "R", "C", "I")
    }

    assert len(set(shapes.values())) == 4
    assert len({shape.rpartition(",")[0] for shape in (shapes["A"], shapes["R"], shapes["C"])}) == 3


def test_what_people_write_stays_text(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but("title: Product manager", 'title: "<script>x</script>"').text)

    outcome = repository.road("raci", "chart", "--output", "own.html")

    text = (repository.root / "own.html").read_text(encoding="utf-8")
    assert outcome.exit_code == 0
    assert "own.html is written (" in outcome.stdout
    assert "<script" not in text and "&lt;script&gt;x" in text


def test_a_matrix_that_breaks_a_rule_is_not_drawn(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but("letters: {data-scientist: RA, mlops-engineer: I}", "letters: {}").text)

    outcome = repository.road("raci", "chart")

    assert outcome.exit_code == 1
    assert "RACI001  Train the model: 0 accountable roles (none)" in outcome.stderr
    assert not (repository.root / ".road/ownership.html").exists()
