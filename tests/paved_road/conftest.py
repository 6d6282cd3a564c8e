"""A browser, for tests of pages: a module says in a fixture `page` which file it looks at."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Playwright is not where test_frameworks.py runs some of these tests
    from playwright.sync_api import Browser
    from tools.browser import Look


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Started once a module: while Playwright runs, its thread can run no other event loop."""
    from tools import browser

    with browser.started() as started:
        yield started


@pytest.fixture
def look(chromium: "Browser", page: Path) -> Iterator["Look"]:
    """Opens the page on a screen."""
    from tools import browser

    with browser.looking_at(chromium, page.as_uri()) as look:
        yield look
