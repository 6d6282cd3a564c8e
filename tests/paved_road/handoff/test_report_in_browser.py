"""The page in a real browser: quiet, without a network, as wide as its screen, and accessible."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from paved_road.handoff.report import evidence, page
from playwright.sync_api import Browser, Page, sync_playwright
from tools import needs

from .report_examples import hand_over

pytestmark = pytest.mark.xdist_group("browser")

AXE = "axe-core@4.14.1"
KINDS = ["two classes", "several classes", "a number"]
SCREENS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
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


@pytest.fixture(scope="module", params=KINDS)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    file = folder / "report.html"
    file.write_text(page.render(evidence.read(hand_over(folder, request.param))), encoding="utf-8")
    return file


@pytest.fixture
def look(browser: Browser, report: Path) -> Iterator[Open]:
    """The report on a screen of a width and a colour scheme, and all that the browser said and asked for."""
    opened = []

    def look_at(width: int, scheme: Scheme) -> tuple[Page, list[str]]:
        shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened.append(shown)
        heard: list[str] = []
        shown.on("console", lambda message: heard.append(message.text))
        shown.on("pageerror", lambda error: heard.append(str(error)))
        shown.on("request", lambda request: heard.append(request.url))
        shown.goto(report.as_uri())
        return shown, heard

    yield look_at
    for shown in opened:
        shown.close()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_page_is_quiet_and_no_wider_than_its_screen(look: Open, report: Path, width: int, scheme: Scheme) -> None:
    shown, heard = look(width, scheme)

    shown.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")

    assert heard == [report.as_uri()]
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_to_object_to(look: Open, axe: str, width: int, scheme: Scheme) -> None:
    shown, _ = look(width, scheme)

    shown.evaluate("document.querySelector('details').open = true")  # the others are alike
    shown.evaluate(axe)
    # What is inside a picture is spoken for by its title.
    found = shown.evaluate("axe.run({exclude: [['svg > *']]})")

    wrong = [f"{rule['id']}: {[node['html'] for node in rule['nodes']][:3]}" for rule in found["violations"]]
    assert wrong == []
    assert len(found["passes"]) > 20


def test_colours_follow_the_scheme(look: Open) -> None:
    papers = []
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        shown, _ = look(1280, scheme)
        line = shown.locator("svg path[stroke^='var('], svg path[fill^='var(']").first
        drawn = line.evaluate("mark => getComputedStyle(mark).stroke + getComputedStyle(mark).fill")
        papers.append((shown.evaluate("getComputedStyle(document.documentElement).backgroundColor"), drawn))

    assert papers[0][0] == "rgb(255, 255, 255)"
    assert papers[0][0] != papers[1][0] and papers[0][1] != papers[1][1]
    assert "var(" not in papers[0][1] + papers[1][1]


def test_a_printed_page_shows_its_numbers(look: Open) -> None:
    shown, _ = look(1280, "light")

    shown.emulate_media(media="print")

    assert shown.locator("details td").first.is_visible()
    assert not shown.locator("nav").is_visible()
