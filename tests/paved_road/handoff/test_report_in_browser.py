"""The page in a real browser: quiet, without a network, as wide as its screen, and accessible."""

from pathlib import Path

import pytest
from paved_road.handoff.report import evidence
from paved_road.handoff.report.page import render
from tools import browser

from .report_examples import hand_over

pytestmark = pytest.mark.xdist_group("browser")

KINDS = ["two classes", "several classes", "a number"]


@pytest.fixture(scope="module", params=KINDS)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    file = folder / "report.html"
    file.write_text(render(evidence.read(hand_over(folder, request.param))), encoding="utf-8")
    return file


@pytest.mark.parametrize(("width", "scheme"), browser.SCREENS)
def test_the_page_is_quiet_and_no_wider_than_its_screen(
    look: browser.Look, page: Path, width: int, scheme: browser.Scheme
) -> None:
    shown, heard = look(width, scheme)

    shown.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")

    assert heard == [page.as_uri()]
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_to_object_to(look: browser.Look, width: int, scheme: browser.Scheme) -> None:
    shown, _ = look(width, scheme)

    shown.evaluate("document.querySelector('details').open = true")  # the others are alike

    # What is inside a picture is spoken for by its title.
    assert browser.barriers(shown, "{exclude: [['svg > *']]}") == []


def test_colours_follow_the_scheme(look: browser.Look) -> None:
    papers = []
    schemes: tuple[browser.Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        shown, _ = look(1280, scheme)
        line = shown.locator("svg path[stroke^='var('], svg path[fill^='var(']").first
        drawn = line.evaluate("mark => getComputedStyle(mark).stroke + getComputedStyle(mark).fill")
        papers.append((shown.evaluate("getComputedStyle(document.documentElement).backgroundColor"), drawn))

    assert papers[0][0] == "rgb(255, 255, 255)"
    assert papers[0][0] != papers[1][0] and papers[0][1] != papers[1][1]
    assert "var(" not in papers[0][1] + papers[1][1]


def test_a_printed_page_shows_its_numbers(look: browser.Look) -> None:
    shown, _ = look(1280, "light")

    shown.emulate_media(media="print")

    assert shown.locator("details td").first.is_visible()
    assert not shown.locator("nav").is_visible()
