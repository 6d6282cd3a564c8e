"""Templates of as many files as a generated repository has, with nothing in them: what any generator has to do."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from running import ROOT, git, repository

QUESTION = "_subdirectory: template\nname: {type: str, default: x}\n"


def ours(work: Path) -> Path:
    """This repository, its last commit as v0.1.0, and v0.2.0 with one line more; packed, as a forge sends it."""
    git(ROOT, "clone", "-q", "--no-tags", "--no-local", str(ROOT), str(work / "ours"))
    git(work / "ours", "tag", "v0.1.0")
    return _next(work / "ours", "template/docs/handoff.md")


def copiers(work: Path, project: Path) -> Path:
    """A Copier template of the same paths, each with one line, and of one question."""
    return _plain(
        work / "twin", work / "ours", project, lambda _, rendered: b"# {{ name }}\n" if rendered else b"# plain\n"
    )


def as_long(work: Path, project: Path) -> Path:
    """A Copier template of the same files, byte for byte, with nothing to decide, and of one question."""
    return _plain(work / "as_long", work / "ours", project, _without_logic)


def _without_logic(file: Path, rendered: bool) -> bytes:
    """What a file has to hold so that the same bytes come out."""
    return b"{% raw %}" + file.read_bytes() + b"{% endraw %}" if rendered else file.read_bytes()


def _plain(source: Path, ours: Path, project: Path, content: Callable[[Path, bool], bytes]) -> Path:
    jinja = rendered(ours, project)
    for path in files(project):
        file = source / "template" / (f"{path}.jinja" if path in jinja else path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content(project / path, path in jinja))
        file.chmod((project / path).stat().st_mode)
    answers = source / "template" / "{{ _copier_conf.answers_file }}.jinja"
    answers.write_text("{{ _copier_answers | to_nice_yaml }}")
    (source / "copier.yml").write_text(QUESTION)
    return _next(_released(source), "template/docs/handoff.md")


def cookiecutters(work: Path, project: Path) -> Path:
    """The same for Cookiecutter, which Cruft updates."""
    source = work / "baked"
    jinja = rendered(work / "ours", project)
    for path in files(project):
        file = source / "{{ cookiecutter.name }}" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# {{ cookiecutter.name }}\n" if path in jinja else "# plain\n")
    (source / "cookiecutter.json").write_text('{"name": "x"}\n')
    return _next(_released(source), "{{ cookiecutter.name }}/docs/handoff.md")


def _released(source: Path) -> Path:
    repository(source)
    git(source, "tag", "v0.1.0")
    return source


def _next(source: Path, file: str) -> Path:
    with (source / file).open("a") as page:
        page.write("\nSaid again.\n")
    git(source, "commit", "-qam", "Next")
    git(source, "tag", "v0.2.0")
    return source


def rendered(source: Path, project: Path) -> set[str]:
    """Files of a project that came from a `.jinja`, as far as their name says so."""
    names = {file.name.removesuffix(".jinja") for file in (source / "template").rglob("*.jinja")}
    return {
        path
        for path in files(project)
        if any(name == Path(path).name or ("{" in name and Path(path).name in name) for name in names)
    }


def files(project: Path) -> list[str]:
    """What git tracks of a project, without Copier's own record."""
    listed = subprocess.run(["git", "ls-files"], cwd=project, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.splitlines() if path != ".copier-answers.yml"]
