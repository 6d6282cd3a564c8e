"""`road`, called on documents that somebody broke: exit 0 or 1, in words, and nothing written by a refusal."""

import contextlib
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paved_road.cli.main import main

from ..cli.conftest import orderly as orderly
from ..ownership.conftest import Repository
from .deep import examples
from .kinds import kind
from .mutations import garbled, mutated
from .test_documents import tried as tried

COMMANDS = {
    "model contract": ["contract check", "contract sync", "contract diff HEAD", "monitor sync --check"],
    "data contract": ["contract check", "contract diff HEAD"],
    "RACI": ["raci check", "raci sync", "raci show", "raci review --base HEAD", "who src", "who --gaps"],
    "manifest": ["handoff show", "handoff verify", "deploy sync", "handoff report", "handoff sbom"],
}
"""What a person calls, by the document that it reads."""


def road(*arguments: str) -> tuple[Any, str]:
    """Exit code and all output of `road`; whatever it does not expect comes out."""
    said = io.StringIO()
    sys.argv = ["road", *arguments]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as ended:
            return ended.code or 0, said.getvalue()
    raise AssertionError("it did not end")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_broken_document_is_told_in_words_and_a_refusal_writes_nothing(
    orderly: Repository, monkeypatch: pytest.MonkeyPatch, tried: list[None], name: str
) -> None:
    which = kind(name)
    broken = mutated(which.valid).map(which.seal).map(which.write) | garbled(which.texts) | st.binary(max_size=100)
    monkeypatch.chdir(orderly.root)
    monkeypatch.setattr(sys, "argv", sys.argv)

    @examples(40)
    @given(content=broken, command=st.sampled_from(COMMANDS[name]))
    def fuzz(content: bytes, command: str) -> None:
        tried.append(None)
        (orderly.root / which.path).write_bytes(content)
        before = written(orderly.root)
        code, said = road(*command.split())
        assert code in (0, 1), said
        assert said.strip() and "Traceback" not in said
        assert code == 0 or written(orderly.root) == before

    fuzz()


def written(root: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in root.rglob("*") if file.is_file() and ".git" not in file.parts}
