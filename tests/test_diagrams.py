"""The diagrams: drawn from text, read by people who see them and by people who do not."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser
from tools import browser
from working_tree import ROOT

DIAGRAMS = sorted((ROOT / "docs/images").glob("*.svg"))
NAMES = {"svg": "http://www.w3.org/2000/svg"}
OUTSIDE = """svg => {
    const frame = svg.viewBox.baseVal
    return [...svg.querySelectorAll('text, rect')].filter(part => {
        const box = part.getBBox()
        return box.x < frame.x || box.y < frame.y
            || box.x + box.width > frame.x + frame.width || box.y + box.height > frame.y + frame.height
    }).map(part => part.textContent || part.outerHTML)
}"""
"""Parts of a drawing that its frame cuts off."""

pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.started() as started:
        yield started


def untold(text: str) -> list[str]:
    """What a drawing does not tell those who do not see it."""
    root = ElementTree.fromstring(text)
    parts = {name: root.find(f"svg:{name}", NAMES) for name in ("title", "desc")}
    missing = [name for name, part in parts.items() if part is None or not (part.text or "").strip()]
    named = root.get("aria-labelledby", "").split() == [part.get("id") for part in parts.values() if part is not None]
    return missing + ([] if root.get("role") == "img" and named else ["role and aria-labelledby"])


def cut_off(chromium: Browser, text: str) -> list[str]:
    """What does not fit into its frame, as a browser draws it."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(text)
    found: list[str] = page.eval_on_selector("svg", OUTSIDE)
    page.close()
    return found


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_a_diagram_is_seen_whole_and_told_to_those_who_do_not_see_it(chromium: Browser, file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert untold(text) == []
    assert cut_off(chromium, text) == []
    assert not re.search(r"<script|href=|url\(http", text)


def test_a_diagram_that_says_nothing_or_is_cut_off_is_refused(chromium: Browser) -> None:
    text = DIAGRAMS[0].read_text(encoding="utf-8")
    silent = re.sub(r"<desc.*?</desc>", "", text)
    narrow = re.sub(r'viewBox="0 0 \d+', 'viewBox="0 0 500', text, count=1)

    assert untold(silent) == ["desc", "role and aria-labelledby"]
    assert len(cut_off(chromium, narrow)) > 3


def test_every_diagram_is_one_that_this_file_looks_at() -> None:
    fences = [file for file in ROOT.glob("docs/**/*.md") if "```mermaid" in file.read_text(encoding="utf-8")]

    assert DIAGRAMS and fences == []
