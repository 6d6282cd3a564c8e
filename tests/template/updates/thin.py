"""The template's own questions and rules with a handful of its files: what goes wrong is soon said."""

import shutil
from pathlib import Path

from tests.template.conftest import copier_cli, git

KEPT = (
    "copier.yml",
    "CHANGELOG.md",
    "template/{{ _copier_conf.answers_file }}.jinja",
    "template/.gitignore",
    "template/.github/workflows/platform-update.yml.jinja",
    "template/Dockerfile.jinja",
    "template/README.md.jinja",
    "template/pyproject.toml.jinja",
    "template/docs/updates.md",
    "template/src",
)


def source(template: Path, folder: Path) -> Path:
    """A repository with the release v0.1.0."""
    for name in KEPT:
        into = folder / name
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(template / name, into) if (template / name).is_dir() else shutil.copy(template / name, into)
    git(folder, "init", "-q", "-b", "main")
    return release(folder, "v0.1.0")


def release(folder: Path, tag: str, **changes: str) -> Path:
    """Commit and tag the source; each change is a line more at the end of that file of the template."""
    for name, line in changes.items():
        (file,) = (folder / "template").glob(f"{name}*")
        file.write_text(file.read_text() + f"{line}\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", tag)
    git(folder, "tag", tag)
    return folder


def project(source: str | Path, folder: Path, version: str = "v0.1.0", **answers: str) -> Path:
    """A repository that was generated from it, committed."""
    data = [part for name, value in answers.items() for part in ("--data", f"{name}={value}")]
    done = copier_cli("copy", "--defaults", *data, "--vcs-ref", version, str(source), str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    git(folder, "init", "-q", "-b", "main")
    return committed(folder, "First commit")


def committed(project: Path, message: str) -> Path:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", message)
    return project
