"""Where the links of a page lead, as GitHub shows it."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

from tests.pages import Page

ADDRESS = re.compile(r"\bhttps?://[^\s`\"'<>)\]}|]+")
NEAR = re.compile(r"^(localhost|127\.0\.0\.1|[a-z-]+)$")
"""Hosts that no other machine answers for: this one, and those of a network of containers."""
NOBODYS = re.compile(r"(^|[.-])(your|my|our|foo|bar|todo|changeme|placeholder|company|corp)([.-]|$)|\.(test|local)$")
"""What people write for a host that they mean to replace; `example.com` and `acme` say so by themselves."""


def broken(page: Page) -> Iterator[tuple[int, str]]:
    """What is wrong with a page's links and addresses: the line, and the fact."""
    for token in page.tokens:
        line = (token.map or [0])[0] + 1
        for child in token.children or ():
            if child.type == "image" and not child.content:
                yield line, f"{child.attrs['src']} says nothing to those who do not see it"
            if target := str(child.attrs.get("href") or child.attrs.get("src") or ""):
                problem = _of_the_web(target) if ":" in target.partition("/")[0] else _of_the_repository(page, target)
                if problem:
                    yield line, problem
    for number, line_of_text in enumerate(page.text.splitlines(), 1):
        for address in ADDRESS.findall(line_of_text):
            if problem := _host(address):
                yield number, problem


def unreached(root: Path, pages: Iterable[str]) -> list[str]:
    """Which of a repository's pages no links lead to from its README."""
    seen: set[Path] = set()
    ahead = [root / "README.md"]
    while ahead:
        file = ahead.pop()
        seen.add(file)
        page = Page(root, file, file.read_text(encoding="utf-8"))
        ahead += {target for target in _pages_linked(page) if target not in seen}
    return [name for name in pages if root / name not in seen]


def _pages_linked(page: Page) -> Iterator[Path]:
    for token in page.tokens:
        for child in token.children or ():
            name = unquote(str(child.attrs.get("href") or "").partition("#")[0])
            file = page.file.parent / name
            if ":" not in name and file.suffix == ".md" and file.is_file():
                yield page.root / file.resolve().relative_to(page.root.resolve())


def _of_the_web(target: str) -> str:
    parts = urlsplit(target)
    near = parts.scheme == "http" and NEAR.match(parts.hostname or "")
    return "" if near or parts.scheme in ("https", "mailto") else f"{target} is neither https nor mailto"


def _host(address: str) -> str:
    host = urlsplit(address).hostname or ""
    if "$" in host or "{" in host or re.fullmatch(r"[A-Z.…_-]*", urlsplit(address).netloc) or NEAR.match(host):
        return ""
    if NOBODYS.search(host):
        return f"{address} is nobody's address: write example.com"
    return ""


def _of_the_repository(page: Page, target: str) -> str:
    name, _, anchor = target.partition("#")
    file = (page.file.parent / unquote(name)).resolve() if name else page.file
    if not file.is_relative_to(page.root.resolve()):
        return f"{target} leads out of the repository"
    if name and not file.exists():
        return f"{target} leads nowhere"
    headings = _headings(page.text if file == page.file else file.read_text(encoding="utf-8")) if anchor else ()
    return f"{target}: no heading is called so" if anchor and anchor not in headings else ""


@cache
def _headings(text: str) -> frozenset[str]:
    """The anchors that GitHub gives to a page's headings."""
    parser = MarkdownIt().use(anchors_plugin, max_level=6)
    return frozenset(str(token.attrs["id"]) for token in parser.parse(text) if token.type == "heading_open")
