"""The page that shows the portal's form without a portal, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import portal_form
import portal_preview
import pytest
import yaml
from playwright.sync_api import Page
from tools import browser, needs

from tests.template.conftest import ROOT

pytestmark = pytest.mark.xdist_group("portal")
ASKED = portal_form.asked(yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page at a desk; it says nothing and asks for nothing."""

    def fill(folder: Path) -> None:
        (folder / "package.json").write_bytes((portal_preview.PREVIEW / "package.json").read_bytes())
        needs.npm("install", "--ignore-scripts", folder=folder)

    packages = needs.cached("preview", fill, (portal_preview.PREVIEW / "package.json").read_text(encoding="utf-8"))
    page = tmp_path_factory.mktemp("preview") / "form.html"
    page.write_text(portal_preview.page(packages), encoding="utf-8")
    with browser.started() as started, browser.looking_at(started, page.as_uri()) as look:
        opened, heard = look(1280, "light")
        assert heard == [page.as_uri()]
        yield opened


@pytest.mark.parametrize("name", ASKED)
def test_every_question_is_seen_with_its_words_and_its_choices(shown: Page, name: str) -> None:
    question: dict[str, Any] = ASKED[name]

    field = shown.get_by_label(portal_form.title(name))

    assert field.is_visible()
    assert shown.get_by_text(" ".join(question["help"].split())).is_visible()
    if choices := question.get("choices"):
        assert [option for option in field.locator("option").all_inner_texts() if option] == list(choices)


def test_the_pages_are_the_headings_of_copier_yml(shown: Page) -> None:
    headings = shown.get_by_role("heading", level=2).all_inner_texts()

    pages = portal_form.pages((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert headings == [f"{number}. {page['title']}" for number, page in enumerate(pages, 1)]


def test_nobody_is_kept_from_the_form(shown: Page) -> None:
    assert browser.barriers(shown) == []
