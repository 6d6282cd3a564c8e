"""Entry point: finds the verb, runs it, and turns what goes wrong into one clear message."""

import errno
import os
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

import click

from paved_road import findings
from paved_road.cli import deprecated

VERBS = {
    "train": "paved_road.cli.train:train",
    "tune": "paved_road.cli.tune:tune",
    "handoff": "paved_road.cli.handoff:handoff",
    "registry": "paved_road.cli.registry:registry",
    "release": "paved_road.cli.release:release",
    "image": "paved_road.cli.image:image",
    "serve": "paved_road.cli.serve:serve",
    "deploy": "paved_road.cli.deploy:deploy",
    "monitor": "paved_road.cli.monitor:monitor",
    "score": "paved_road.cli.score:score",
    "contract": "paved_road.cli.contract:contract",
    "raci": "paved_road.cli.raci:raci",
    "who": "paved_road.cli.who:who",
    "doctor": "paved_road.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """A group that imports a verb only when it is called, so that `road --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        deprecated.mark(command, cmd_name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="paved-road", prog_name="road")
def road() -> None:
    """The paved road: train a model, hand it over with evidence, serve it, know whose it is.

    \b
    The usual day:
      road train            fit and evaluate a candidate
      road handoff build    turn it into evidence (handoff/)
      road handoff verify   hold the evidence against the contracts
      road serve            answer predictions with it
      road who PATH         who owns that file, now
    """


def main() -> NoReturn:
    """Run `road`; exit 0 if all is well, 1 if a check refuses, 2 on wrong usage, 130 when interrupted."""
    try:
        _run()
    except SystemExit as stop:
        if "ray" in sys.modules:
            _leave(int(stop.code or 0))
        raise


def _leave(code: int) -> NoReturn:
    """End at once: what Ray left at work in threads has kept a process alive whose work was done."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run() -> NoReturn:
    try:
        sys.exit(road.main(prog_name="road", standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        _misused(error)
    except (click.Abort, KeyboardInterrupt):
        _interrupted()
    except findings.Problem as error:
        if os.environ.get("ROAD_TRACEBACK") and error.__cause__:
            traceback.print_exception(error.__cause__)
        _report(error.findings)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _report([_system_failure(error)])


def _misused(error: click.ClickException) -> NoReturn:
    if _as_json():
        found = findings.Finding(code="USAGE001", fact=error.format_message(), remedy="see `road --help`")
        click.echo(findings.as_json([found]))
    else:
        error.show()
    sys.exit(error.exit_code)


def _interrupted() -> NoReturn:
    fact = "interrupted; nothing was changed"
    if _as_json():
        click.echo(findings.as_json([findings.Finding(code="INTERRUPTED", fact=fact)]))
    else:
        click.echo(fact, err=True)
    sys.exit(130)


def _as_json() -> bool:
    return "--json" in sys.argv


def _report(found: Any) -> NoReturn:
    if _as_json():
        click.echo(findings.as_json(found))
    else:
        click.echo(findings.as_text(found), err=True)
    sys.exit(1)


def _system_failure(error: OSError) -> findings.Finding:
    remedy = {
        errno.ENOSPC: "free some space and run it again; what was there before is untouched",
        errno.EROFS: "the file system is read-only; run it where it may write",
        errno.EACCES: "give this user the right to it",
    }.get(error.errno or 0, "mend that and run it again")
    said = os.strerror(error.errno) if error.errno else str(error)
    fact = said + (f": {error.filename}" if error.filename else "")
    return findings.Finding(code="SYSTEM001", fact=fact, remedy=remedy)
