"""What the commands of a page ask of whom, read off without running them."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import tree_sitter_bash
from fleet.cli import fleet
from paved_road.cli.main import road
from tree_sitter import Language, Node, Parser
from working_tree import ROOT

TREES = {"road": road, "fleet": fleet}
VALUED = {"--group", "--with", "--extra", "--python", "--from", "--package"}
"""Options of `uv run` and `uvx` that take a value."""
# fmt: off
OTHERS = {
    "bash", "break", "cat", "cd", "cosign", "curl", "docker", "echo", "export", "gh", "grep", "kill", "kubectl", "ln",
    "mkdir", "mlflow", "model_signing", "mv", "mypy", "nbstripout", "node", "npm", "npx", "openapi-python-client",
    "openssl", "pgrep", "pip", "pre-commit", "printf", "promtool", "pytest", "python", "rm", "sed", "seq", "skopeo",
    "sleep", "tail", "terraform", "true",
}
# fmt: on
"""Programs whose own words are not held against anything; one that is not here is a slip of the pen."""


def commands(script: str) -> Iterator[list[str]]:
    """The words of each simple command, also of those inside of others.

    Raises:
        ValueError: it is no script.
    """
    tree = Parser(Language(tree_sitter_bash.language())).parse(script.encode())
    if tree.root_node.has_error:
        raise ValueError("no shell would read it")
    yield from (_words(node) for node in _all(tree.root_node) if node.type == "command")


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _words(command: Node) -> list[str]:
    given = [child for child in command.children if child.type not in ("variable_assignment", "file_redirect")]
    return [_word((child.text or b"").decode()) for child in given if "redirect" not in child.type]


def _word(text: str) -> str:
    try:
        return "".join(shlex.split(text)) or text
    except ValueError:
        return text


def refusal(words: list[str], root: Path) -> str:
    """What is wrong with a command; nothing if its program takes it.

    Args:
        words: it, word by word.
        root: of the repository that it is run in.
    """
    program, *rest = words
    program = Path(program).name if program.startswith((".venv/", "/")) else program
    if program in ("uv", "uvx") and (program == "uvx" or rest[:1] == ["run"]):
        within = _within(rest if program == "uvx" else rest[1:])
        return refusal(within, root) if within else f"`{' '.join(words)}` runs nothing"
    if program in TREES:
        return _of_click(TREES[program], program, rest)
    if program == "make":
        return _of_make([word for word in rest if "=" not in word])
    if program in ("copier", "uv") or program.startswith("copier=="):
        return _of_help(program.partition("=")[0], rest)
    if program == "git":
        return "" if _verb(rest) in _git_knows() else f"git has no `{_verb(rest)}`"
    if program in ("bash", "sh") and rest and not rest[0].startswith("-"):
        return "" if (root / rest[0]).is_file() else f"`{rest[0]}` is not there"
    return "" if program in OTHERS else f"`{program}` is a program that no page names"


def _within(words: list[str]) -> list[str]:
    """The command that `uv run` runs, without uv's own options."""
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in VALUED else words[1:]
    return words


def _of_click(tree: click.Group, name: str, words: list[str]) -> str:
    verb: click.Command = tree
    context = click.Context(tree, info_name=name)
    while isinstance(verb, click.Group) and words and not words[0].startswith("-"):
        found = verb.get_command(context, words[0])
        if found is None:
            return f"{context.command_path} has no verb `{words[0]}`"
        parent, verb, words = context, found, words[1:]
        context = click.Context(verb, parent, info_name=verb.name)
    if isinstance(verb, click.Group) and not words:
        return ""  # a group alone, as sentences name it
    try:
        verb.make_context(verb.name, list(words), parent=context.parent)
    except click.exceptions.Exit:  # --help, --version
        return ""
    except click.MissingParameter as error:
        return f"{context.command_path}: {error.format_message()}"
    except click.BadParameter as error:  # a file that is not there yet
        return "" if isinstance(error.param and error.param.type, click.Path | click.File) else error.format_message()
    except click.UsageError as error:
        return f"{context.command_path}: {error.format_message()}"
    return ""


def _of_make(targets: list[str]) -> str:
    known = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    wrong = [target for target in targets if not target.startswith("-") and target not in known]
    return f"make has no target `{wrong[0]}`" if wrong else ""


def _of_help(program: str, words: list[str]) -> str:
    """Hold a verb and its options against the program's own help."""
    verb = _verb(words)
    known = _help(program, verb)
    if not known:
        return f"{program} has no verb `{verb}`"
    options = [word.partition("=")[0] for word in words if word.startswith("--") and word != "--"]
    wrong = [option for option in options if option not in known]
    return f"{program} {verb} has no option {wrong[0]}" if wrong else ""


@cache
def _help(program: str, verb: str) -> frozenset[str]:
    """Every option of a verb; none if there is no such verb."""
    beside = str(Path(sys.executable).with_name(program)) if program == "copier" else program
    done = subprocess.run([beside, verb, "--help"], capture_output=True, text=True, check=False)
    known = re.search(rf"\b{program} {verb} ", done.stdout)  # Copier shows its own help for a verb that it has not
    return frozenset(re.findall(r"(?<![\w-])--[a-z][\w-]*", done.stdout)) if known else frozenset()


@cache
def _git_knows() -> frozenset[str]:
    said = subprocess.run(["git", "--list-cmds=main,others"], capture_output=True, text=True, check=True).stdout
    return frozenset(said.split())


def _verb(words: list[str]) -> str:
    """The first word that is no option; git's `-C FOLDER` and `-c NAME=VALUE` come before it."""
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-C", "-c") else words[1:]
    return words[0] if words else ""
