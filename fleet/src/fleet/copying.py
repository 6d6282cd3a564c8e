"""Copier, many times in one process: what it reads and compiles of a template is kept for the next copy.

Copier compiles every file, every part of every path and every default anew for each copy, which is most of its work
where hundreds of copies are made of few templates. What is kept here is code, never a text: each copy is still rendered
by Copier, with its own answers. tests/template/fleets/test_copying.py holds a copy against Copier's own.
"""

from functools import cache, cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from copier._main import Worker
from copier._settings import SettingsModel
from copier._template import Template
from jinja2.environment import Environment


def copy(template: str, target: Path, answers: dict[str, Any]) -> None:
    """As `copier.run_copy` copies a folder to one that is not there yet; nobody's own settings count."""
    settings = SettingsModel()
    with _Copy(template, target, data=answers, settings=settings, defaults=True, quiet=True) as worker:
        worker.run_copy()


class _Copy(Worker):
    @cached_property
    def template(self) -> Template:
        return _template(str(self.src_path))

    @cached_property
    def jinja_env(self) -> Any:
        environment = super().jinja_env
        vars(environment)["compile"] = _Compiler(environment, _compiled(str(self.src_path)))
        return environment

    def _sync_git_index_executable_bit(self, *_: Any) -> None:
        """The target is no git repository: git need not be asked so for each file."""


class _Compiler:
    """An environment's `compile`, which looks first among what was compiled of the same template."""

    def __init__(self, environment: Environment, kept: dict[tuple[Any, ...], CodeType]) -> None:
        self._preprocess = environment.preprocess
        self._compile: Any = environment.compile
        self._kept = kept

    def __call__(self, *source: Any) -> CodeType:
        if source in self._kept:
            self._preprocess(*source)  # Copier's tag `yield` forgets here what the text before it yielded
        else:
            self._kept[source] = self._compile(*source)
        return self._kept[source]


@cache
def _template(folder: str) -> Template:
    """A folder as Copier reads it; the folder does not change while this process lives."""
    return Template(folder)


@cache
def _compiled(folder: str) -> dict[tuple[Any, ...], CodeType]:
    return {}
