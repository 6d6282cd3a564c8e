"""This repository itself: names that any machine can hold, one version, links that lead somewhere, rules that bite."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from html import escape
from importlib import import_module
from pathlib import Path

import paved_road
import pytest
from markdown_it import MarkdownIt

from tests.template.conftest import ROOT, git

# Put together here, so that this file names none of them.
REGISTRIES = [".".join(parts) for parts in (
    ("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"), ("registry", "yarnpkg", "com"),
)]  # fmt: skip


def tracked() -> list[Path]:
    names = git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_every_file_name_can_be_checked_out_anywhere() -> None:
    names = [file.relative_to(ROOT).as_posix() for file in tracked()]

    assert [name for name in names if re.search(r"""["'|<>:*?\\]|[ .](/|$)|[^ -~]""", name)] == []
    assert len({name.casefold() for name in names}) == len(names)


def test_no_lock_is_tracked() -> None:
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "package-lock.json", "yarn.lock", ".terraform.lock.hcl"}

    assert [file for file in tracked() if file.name in locks] == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    naming = {
        (file.relative_to(ROOT).as_posix(), host)
        for file in tracked()
        for host in REGISTRIES
        if host.encode() in file.read_bytes()
    }

    assert naming == set()


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    def project(path: str) -> str:
        return str(tomllib.loads((ROOT / path).read_text(encoding="utf-8"))["project"]["version"])

    newest = re.search(
        r"^## (\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert newest is not None
    versions = {project("pyproject.toml"), project("template/platform/pyproject.toml"), paved_road.__version__}
    assert versions == {newest[1]}


# The direction of imports ---------------------------------------------------
def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Hold a copy of the package against the contracts in pyproject.toml."""
    code = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    command = [sys.executable, "-c", code, "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, beside the contracts."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "template/platform/src/paved_road", tmp_path / "paved_road", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_on_imports_hold_in_the_copy(package: Path) -> None:
    done = lint_imports(package)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("handoff/verify.py", "import paved_road.cli.main", "Nothing imports the command line"),
        ("handoff/verify.py", "import paved_road.serving.app", "Nothing imports the command line"),
        ("handoff/verify.py", "import pandas", "The handoff knows nothing of science"),
        ("serving/app.py", "import paved_road.science.training", "The handoff knows nothing of science"),
        ("contracts/model.py", "import paved_road.handoff.manifest", "Promises and ownership stand on nothing"),
        ("ownership/lint.py", "import paved_road.stores.candidate", "Promises and ownership stand on nothing"),
    ],
)
def test_an_import_against_the_direction_is_refused(package: Path, file: str, line: str, contract: str) -> None:
    module = package / "paved_road" / file
    module.write_text(module.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")

    done = lint_imports(package)

    assert done.returncode == 1
    assert re.search(rf"{contract}.* BROKEN", done.stdout), done.stdout + done.stderr


# Tests ----------------------------------------------------------------------
@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_run_that_skips_a_test_fails_in_ci_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, code: int, workers: tuple[str, ...]
) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\ndef test_one():\n    pytest.skip('no kiwi here')\n\n\ndef test_two():\n    pass\n"
    )
    monkeypatch.setenv("CI", ci)

    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *workers]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == code, done.stdout
    assert "no kiwi here" in done.stdout
    assert ("1 skipped, and with CI=true no test may be" in done.stdout) == bool(code)


# Words ----------------------------------------------------------------------
def test_every_step_of_the_demo_exists() -> None:
    script = (ROOT / "scripts" / "demo.sh").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^uv run road ((?:[a-z]+ ?)+)", script, re.MULTILINE))

    assert {verb.strip() for verb in verbs} >= {"train", "handoff build", "handoff verify", "serve", "who handoff"}
    for verb in verbs:
        words = [word for word in verb.split() if word != "handoff" or not verb.startswith("who")]
        command = [sys.executable, "-m", "paved_road", *words, "--help"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert subprocess.run(["bash", "-n", str(ROOT / "scripts" / "demo.sh")]).returncode == 0
    assert "@bash scripts/demo.sh" in (ROOT / "Makefile").read_text(encoding="utf-8")


BY_HAND = {"docs/images/two-loops.svg"}
"""The picture that no script draws: of an idea."""


def links(file: Path) -> Iterator[str]:
    """Where a Markdown file's links and images lead within the repository."""
    for token in MarkdownIt().parse(file.read_text(encoding="utf-8")):
        for child in token.children or []:
            target = child.attrs.get("href") or child.attrs.get("src")
            if target and not re.match(r"[a-z]+:|#", str(target)):
                yield str(target).partition("#")[0]


def broken(files: list[Path]) -> dict[str, list[str]]:
    found = {str(file): [link for link in links(file) if not (file.parent / link).exists()] for file in files}
    return {file: missing for file, missing in found.items() if missing}


def test_every_picture_is_shown_and_what_a_script_draws_is_one_of_them() -> None:
    pictures = {file.relative_to(ROOT).as_posix() for file in (ROOT / "docs/images").iterdir()}
    drawn = re.findall(r'"docs" / "images" / "(.+?)"', (ROOT / "scripts/images.py").read_text(encoding="utf-8"))

    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert pictures <= {os.path.relpath(page.parent / link, ROOT) for page in pages for link in links(page)}
    assert {f"docs/images/{name}" for name in drawn} == pictures - BY_HAND


def test_the_dashboards_picture_holds_every_panel_with_all_that_it_asks(
    generate: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    dashboard = json.loads((generate() / "monitoring/dashboard.json").read_text(encoding="utf-8"))

    page = import_module("dashboard_page").page(dashboard)

    panels = re.findall(r'<section style="(.+?)"><h2>(.+?)</h2>', page)
    assert [title for _, title in panels] == [panel["title"] for panel in dashboard["panels"]]
    assert len({place for place, _ in panels}) == len(panels) > 10
    assert re.findall(r"<code>(.+?)</code>", page.partition("<h2>Who owns it?")[0]) == [
        escape(target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])
    ]


def test_every_link_in_a_generated_repository_leads_somewhere(generate: Callable[..., Path]) -> None:
    files = list(generate().rglob("*.md"))

    assert [link for file in files for link in links(file)]
    assert broken(files) == {}


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("[here](a.md#top), [there](b.md), [web](https://example.com), ![p](p.png)\n")

    assert broken([tmp_path / "a.md"]) == {str(tmp_path / "a.md"): ["b.md", "p.png"]}
