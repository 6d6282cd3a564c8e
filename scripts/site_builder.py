"""Build the documentation site, and refuse a page that says something which is not there: `make docs`.

`make links` follows links to other sites instead, which takes a network.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import reference
from working_tree import ROOT, generated

SITE = ROOT / "build" / "site"
FROM_THE_ROOT = ("CHANGELOG.md", "CONTRIBUTING.md")
OF_THE_TEMPLATE = re.compile(r"(?<=\()(\.\./)((?:\.\./)*)template/([^)#]+?)(?:\.jinja)?(?=[)#])")
"""A link that holds on GitHub; on the site the generated repository stands in the template's place."""

OF_THE_ROOT = re.compile(r"(?<=\()\.\./((?:\.\./)*)(?=(?:" + "|".join(map(re.escape, FROM_THE_ROOT)) + r")[)#])")
"""A link to a page of the root, which on the site stands beside those of docs/."""


def sources(folder: Path) -> Path:
    """All that the site is built from: docs/, a generated project and its reference.

    Args:
        folder: a fresh one.
    """
    pages = folder / "pages"
    shutil.copytree(ROOT / "docs", pages)
    for name in FROM_THE_ROOT:
        shutil.copy(ROOT / name, pages / name)
    for page in pages.rglob("*.md"):
        text = OF_THE_TEMPLATE.sub(r"\2project/\3", page.read_text(encoding="utf-8"))
        page.write_text(OF_THE_ROOT.sub(r"\1", text), encoding="utf-8")
    shutil.copytree(generated(folder / "example", cloud="aws"), pages / "project")
    (pages / "reference").mkdir()
    for name, text in reference.pages(pages / "project").items():
        (pages / "reference" / f"{name}.md").write_text(text, encoding="utf-8")
    return pages


def build(pages: Path, site: Path, builder: str = "html") -> "subprocess.CompletedProcess[str]":
    """Run Sphinx. It exits 1 at a warning, such as a link to nowhere, and names the page and the line."""
    options = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet", "--builder", builder]
    command = [sys.executable, "-m", "sphinx", *options, str(pages), str(site)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    """Write the site to build/site, or say which links lead nowhere."""
    asked = "linkcheck" if "--links" in sys.argv[1:] else "html"
    with tempfile.TemporaryDirectory() as folder:
        site = SITE if asked == "html" else Path(folder) / "links"
        done = build(sources(Path(folder)), site, asked)
    sys.stderr.write(done.stderr)
    if done.returncode == 0:
        print(f"{SITE.relative_to(ROOT)}/index.html: open it in a browser" if asked == "html" else "every link holds")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
