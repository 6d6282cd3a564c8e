"""A page in a real browser: what it shows, and all that it says and asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright
from tools import needs

AXE = "axe-core@4.14.1"
Scheme = Literal["light", "dark"]
SCREENS: list[tuple[int, Scheme]] = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
"""Widths of a phone and of a desk."""
Look = Callable[[int, Scheme], tuple[Page, list[str]]]


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium, without a window."""
    chromium = needs.program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def looking_at(browser: Browser, url: str) -> Iterator[Look]:
    """Opens a page on screens; gives each with the messages, errors and requests that the browser saw."""
    opened = []

    def look(width: int, scheme: Scheme) -> tuple[Page, list[str]]:
        shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened.append(shown)
        heard: list[str] = []
        shown.on("console", lambda message: heard.append(message.text))
        shown.on("pageerror", lambda error: heard.append(str(error)))
        shown.on("request", lambda request: heard.append(request.url))
        shown.goto(url)
        return shown, heard

    yield look
    for shown in opened:
        shown.close()


def barriers(shown: Page, about: str = "") -> list[str]:
    """What Deque's accessibility checker objects to; it must have found much that is right.

    Args:
        shown: the page.
        about: what to look at, as axe's own context.
    """
    folder = needs.cached("axe", lambda draft: needs.npm("install", AXE, folder=draft), AXE)
    shown.evaluate((folder / "node_modules/axe-core/axe.min.js").read_text())
    found: dict[str, Any] = shown.evaluate(f"axe.run({about})")
    assert len(found["passes"]) > 10
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']][:3]}" for rule in found["violations"]]
