"""Every command and every link on every page: a program takes the one, and the other leads somewhere.

Tutorials, the README's first commands and others are also run, by tests of their own. Here is what holds for all of
them, also where a cloud or a cluster would be needed.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from markdown_it.token import Token
from tools import needs
from working_tree import ROOT

from tests.commands import commands, refusal
from tests.links import broken, unreached
from tests.pages import Page, pages

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

SHELL = {"sh", "sh refuses"}
READ: dict[str, Callable[[str], object]] = {
    "yaml": lambda text: list(yaml.safe_load_all(text)),
    "json": json.loads,
    "toml": tomllib.loads,
    "python": lambda text: compile(text, "page", "exec"),
}
UNREAD = {"text", "markdown", "ts"}
NOT_FOR_PAGES = "SC2148,SC2164,SC2034,SC2046,SC2154,SC1091,SC2086"
"""Rules for files: a first line, a `cd` that may fail, variables from elsewhere, words that are to be split."""
OURS = ("road ", "uv run road ", "uv run fleet ", "fleet ", "make ", "copier ", "uvx copier ")


@pytest.fixture(scope="module")
def all_pages(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    return pages(tmp_path_factory.mktemp("pages"))


def blocks(page: Page) -> Iterator[Token]:
    return (token for token in page.tokens if token.type in ("fence", "code_block"))


def wrong(page: Page) -> list[str]:
    """What is wrong with a page's blocks and with the commands in its sentences: place and fact."""
    said = []
    for block in blocks(page):
        for problem in _problems(block, page.root):
            said.append(f"{page.says(block)}: {problem}")
    for token in page.tokens:
        for code in (child.content for child in token.children or () if child.type == "code_inline"):
            said += [f"{page.says(token)}: {problem}" for problem in _in_a_sentence(code, page.root)]
    return said


def _problems(block: Token, root: Path) -> Iterator[str]:
    kind = block.info.strip()
    if kind in SHELL:
        try:
            yield from filter(None, (refusal(words, root) for words in commands(block.content)))
        except ValueError as error:
            yield str(error)
    elif kind in READ:
        try:
            READ[kind](block.content)
        except Exception as error:
            yield f"no {kind}: {error}"
    elif kind not in UNREAD and not kind.startswith("{"):
        yield f"a block of `{kind}`: name its language, `sh` for commands"


def _in_a_sentence(code: str, root: Path) -> Iterator[str]:
    """Sentences shorten: `road x | y` names two verbs, `…` leaves words out, CAPITALS stand for some word."""
    text = " ".join(code.split())
    if not text.startswith(OURS) or re.search(r"…|\.\.\.", text):
        return
    first, *alternatives = text.split(" | ")
    for each in [first, *(f"{' '.join(first.split()[: -len(other.split())])} {other}" for other in alternatives)]:
        try:
            found = [refusal(words, root) for words in commands(each)]
        except ValueError as error:
            found = [str(error)]
        yield from (problem for problem in found if problem and "Missing" not in problem)


def test_every_command_of_every_page_is_one_that_its_program_takes(all_pages: list[Page]) -> None:
    assert [problem for page in all_pages for problem in wrong(page)] == []


def test_shellcheck_accepts_every_block(all_pages: list[Page], tmp_path: Path) -> None:
    scripts = []
    for page in all_pages:
        for block in blocks(page):
            if block.info.strip() in SHELL:
                scripts.append(tmp_path / page.says(block).replace("/", "_").replace(":", "_"))
                scripts[-1].write_text(block.content, encoding="utf-8")

    code, output = needs.said("shellcheck", "--shell=bash", f"--exclude={NOT_FOR_PAGES}", *scripts, cwd=tmp_path)

    assert len(scripts) > 60
    assert code == 0, output


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("```sh\nuv run road handoff biuld\n```", "road handoff has no verb `biuld`"),
        ("```sh\nroad handoff verify --remesure\n```", "No such option"),
        ("```sh\nroad serve --workers many\n```", "'many' is not a valid integer"),
        ("```sh\nroad release promote\n```", "Missing option '--reason'"),
        ("```sh\nuv run fleet open fleet.yml\n```", "Missing argument 'VERSION'"),
        ("```sh\nuvx copier==9.19.1 upgrade\n```", "copier has no verb `upgrade`"),
        ("```sh\nuvx copier update --fast\n```", "copier update has no option --fast"),
        ("```sh\nuv snyc\n```", "uv has no verb `snyc`"),
        ("```sh\nmake dcos\n```", "make has no target `dcos`"),
        ("```sh\ngit comit\n```", "git has no `comit`"),
        ("```sh\nif true; then echo $(road who --gasp); fi\n```", "No such option"),
        ("```sh\nbash platform/config/nothing.sh\n```", "`platform/config/nothing.sh` is not there"),
        ("```sh\nkubeclt get pods\n```", "`kubeclt` is a program that no page names"),
        ("```sh\nif true; then\n```", "no shell would read it"),
        ("```\nroad train\n```", "name its language"),
        ("    road train\n", "name its language"),
        ("```json\n{,}\n```", "no json"),
        ("Call `road raci synch`.", "road raci has no verb `synch`"),
        ("Call `road raci check | synch`.", "road raci has no verb `synch`"),
        ("Call `make tests`.", "make has no target `tests`"),
    ],
)
def test_a_page_that_names_what_is_not_there_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (said,) = wrong(Page(tmp_path, tmp_path / "page.md", text))

    assert said.startswith("page.md:")
    assert problem in said


def test_every_link_of_every_page_leads_somewhere_as_github_shows_it(all_pages: list[Page]) -> None:
    assert [f"{page.says(line)}: {problem}" for page in all_pages for line, problem in broken(page)] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a page](nowhere.md)", "nowhere.md leads nowhere"),
        ("[a heading](#nowhere)", "#nowhere: no heading is called so"),
        ("[another's](other.md#one-thing)", "other.md#one-thing: no heading is called so"),
        ("[outside](../page.md)", "../page.md leads out of the repository"),
        ("[plain](http://docs.example.com)", "http://docs.example.com is neither https nor mailto"),
        ("`https://runs.your-company.com`", "is nobody's address"),
        ("```sh\ncurl https://mlflow.foo.com\n```", "is nobody's address"),
        ("![](other.md)", "other.md says nothing to those who do not see it"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## One, two: things\n")

    ((_, said),) = broken(Page(tmp_path, tmp_path / "page.md", text))

    assert problem in said


def test_every_page_of_a_generated_repository_is_reached_from_its_readme(all_pages: list[Page]) -> None:
    (root,) = {page.root for page in all_pages if page.root != ROOT}
    handbook = [f"docs/{file.name}" for file in sorted((root / "docs").glob("*.md"))]

    assert len(handbook) > 15
    assert unreached(root, [*handbook, "docs/runbooks/README.md", "handoff/README.md"]) == []


def test_a_page_that_no_link_leads_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[one](one.md) [out](https://example.com/three.md)\n")
    (tmp_path / "one.md").write_text("[two](two.md#a) [back](README.md)\n")
    (tmp_path / "two.md").write_text("# A\n\n`three.md`\n")
    (tmp_path / "three.md").write_text("# Three\n")

    assert unreached(tmp_path, ["one.md", "two.md", "three.md"]) == ["three.md"]


def test_a_heading_is_found_as_github_calls_it(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## One, `two`: things\n")

    text = "# A\n\n[things](other.md#one-two-things) [top](#a)"

    assert list(broken(Page(tmp_path, tmp_path / "page.md", text))) == []
