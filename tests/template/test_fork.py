"""A fork as docs/organisation.md says it: its commands are run, and what it adds merges with what we release."""

import subprocess
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from packaging.version import Version

from tests.template.conftest import ROOT, git

PAGE = (ROOT / "docs/organisation.md").read_text(encoding="utf-8")
BLOCKS = [token.content for token in MarkdownIt().parse(PAGE) if token.type == "fence" and token.info == "sh"]
OURS = "\n# Theirs of the road\nbilling_code:\n  type: str\n  ask: false\n  default: ''\n"


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """This template's questions, released once."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    (folder / "copier.yml").write_text((ROOT / "copier.yml").read_text(encoding="utf-8"), encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First")
    git(folder, "tag", "v1.0.0")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "theirs")
    return folder


def run(block: str, folder: Path, tmp_path: Path) -> None:
    """Run a block of the page, without what the fork makes and tests: other tests do."""
    for placeholder, value in (("YOUR-URL", "theirs"), ("OUR-URL", "upstream")):
        block = block.replace(placeholder, str(tmp_path / value))
    lines = [line for line in block.replace("vX.Y.Z", "v1.1.0").splitlines() if not line.startswith("make ")]
    done = subprocess.run(["bash", "-ec", "\n".join(lines)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_fork_keeps_its_question_and_takes_ours(upstream: Path, tmp_path: Path) -> None:
    clone, release = BLOCKS
    run(clone, tmp_path, tmp_path)
    fork = tmp_path / "paved-road"
    with (fork / "copier.yml").open("a", encoding="utf-8") as questions:
        questions.write(OURS)
    git(fork, "commit", "-qam", "A question of ours")
    text = (upstream / "copier.yml").read_text(encoding="utf-8")
    (upstream / "copier.yml").write_text(text.replace('"3.13"]', '"3.13", "3.14"]'), encoding="utf-8")
    git(upstream, "commit", "-qam", "Next")
    git(upstream, "tag", "v1.1.0")

    run(release, fork, tmp_path)

    merged = yaml.safe_load((fork / "copier.yml").read_text(encoding="utf-8"))
    assert "billing_code" in merged and "3.14" in merged["python_version"]["choices"]
    tags = git(tmp_path / "theirs", "tag").split()
    assert max(tags, key=Version) == "v1.1.0+ours.1"
