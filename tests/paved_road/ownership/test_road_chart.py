"""`road raci chart`: one page, in a real browser quiet, without a network, as wide as its screen, and accessible."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tools import needs

from .conftest import Matrix, Repository

pytestmark = pytest.mark.xdist_group("browser")

AXE = "axe-core@4.14.1"
Scheme = Literal["light", "dark"]
Open = Callable[[int, Scheme], tuple[Page, list[str]]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = needs.program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """Deque's accessibility checker, as a script."""
    folder = needs.cached("axe", lambda draft: needs.npm("install", AXE, folder=draft), AXE)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def drawn(repository: Repository) -> Path:
    assert repository.road("raci", "chart").exit_code == 0
    return repository.root / ".road/ownership.html"


@pytest.fixture
def look(browser: Browser, drawn: Path) -> Iterator[Open]:
    """The page on a screen of a width and a colour scheme, and all that the browser said and asked for."""
    opened = []

    def look_at(width: int, scheme: Scheme) -> tuple[Page, list[str]]:
        shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened.append(shown)
        heard: list[str] = []
        shown.on("console", lambda message: heard.append(message.text))
        shown.on("request", lambda request: heard.append(request.url))
        shown.goto(drawn.as_uri())
        return shown, heard

    yield look_at
    for shown in opened:
        shown.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
def test_the_chart_is_quiet_accessible_and_no_wider_than_its_screen(
    look: Open, axe: str, drawn: Path, width: int, scheme: Scheme
) -> None:
    shown, heard = look(width, scheme)

    wide = shown.evaluate("document.documentElement.scrollWidth")
    asked = list(heard)
    shown.evaluate(axe)
    found = shown.evaluate("axe.run()")

    assert asked == [drawn.as_uri()]
    assert wide <= width
    assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []


def test_on_a_phone_a_letter_stands_beside_its_role(look: Open) -> None:
    shown, _ = look(360, "light")

    cell = shown.locator("td[data-role='MLOps engineer']:not(.empty)").first

    assert cell.evaluate("cell => getComputedStyle(cell, '::after').content") == '"MLOps engineer"'
    assert not shown.locator("td.empty").first.is_visible()


def test_letters_are_told_apart_by_shape(look: Open) -> None:
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
