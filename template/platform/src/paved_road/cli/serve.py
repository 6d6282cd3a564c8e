"""`road serve`: answer predictions with what was handed over."""

import json
import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from paved_road import project
from paved_road.cli.output import json_option, key_option
from paved_road.findings import problem


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 in a container.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--handoff",
    "folder",
    type=click.Path(path_type=Path),
    help="Handoff folder to serve; this repository's if left out. Works without a repository.",
)
@key_option
@click.option("--watch", is_flag=True, help="Serve another version as soon as the handoff folder holds one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(0), help="Processes; 0 takes one a core.")
@click.option(
    "--shadow",
    type=click.Path(path_type=Path),
    help="Handoff folder of a candidate that predicts too; differences are counted.",
)
@click.option("--role", type=click.Choice(["worker", "shadow"]), hidden=True, help="One of several processes.")
@click.option("--shared", type=click.Path(path_type=Path), hidden=True, help="Folder of what they count.")
@click.option("--fd", type=int, hidden=True, help="Socket that they listen on.")
@click.option("--until-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
@json_option
def serve(
    host: str, port: int, folder: Path | None, until_eof: bool, as_json: bool, role: str | None, **options: Any
) -> None:
    """Answer predictions with the model that was handed over.

    It starts only if the artifact's bytes are those of the manifest, and answers what the contract promises:
    POST /v1/predict, /healthz, /readyz, /metrics, /openapi.json, and /docs for people. A model of another format than
    ONNX is served only if it is signed with --key, or with signing-key of [tool.paved-road].

    Stop it with Ctrl+C; SIGHUP makes it serve what the folder holds by then. See docs/run-the-server.md.

    \b
    Example:
      road serve --port 8080
    """
    started = time.perf_counter()
    if until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    from paved_road.handoff import formats, manifest
    from paved_road.serving import listening, settings

    here = None if folder else project.find()
    where = (here.handoff if here else Path(folder or "")).absolute()
    evidence, operated = manifest.load(where), settings.read()
    if evidence.artifact.format in formats.NATIVE:
        from paved_road.handoff.provenance.signature import required_key

        options["key"] = required_key(here, options["key"], require=False)
    if role:
        return _take_part(role, where, evidence, operated, **options)
    with listening.bind(host, port) as bound:
        said = _greeting(evidence, _url(bound))
        ready = partial(_ready, said, started, as_json)
        if options["workers"] == 1 and options["shadow"] is None:
            from paved_road.serving import server

            served = server.Served(where, evidence, options["watch"], key=options["key"])
            server.run(served, bound, operated, ready)
        else:
            _supervise(where, bound, operated, ready, **options)
    if not as_json:
        click.echo("stopped; every request was answered")


def _supervise(
    folder: Path,
    bound: socket.socket,
    operated: Any,
    ready: Callable[[], None],
    workers: int,
    shadow: Path | None,
    watch: bool,
    key: Path | None,
    **_: Any,
) -> None:
    from paved_road.serving import logs

    if sys.platform == "win32":
        raise problem("SERVE009", "several processes do not work on Windows", "leave out --workers and --shadow")
    from paved_road.serving import supervisor

    signed = [] if key is None else ["--key", str(key.absolute())]
    arguments = ["--handoff", str(folder), *signed, *(["--watch"] if watch else [])]
    more = [] if shadow is None else ["--shadow", str(shadow.absolute())]
    roles = [supervisor.Role("worker", [*arguments, *more], needed=True)] * (workers or supervisor.cores())
    if shadow is not None:
        roles.append(supervisor.Role("shadow", ["--handoff", str(shadow.absolute()), *signed], needed=False))
    supervisor.run(roles, bound, logs.Log(operated.log), ready)


def _take_part(
    role: str,
    folder: Path,
    evidence: Any,
    operated: Any,
    fd: int,
    shared: Path,
    watch: bool,
    shadow: Path | None,
    key: Path | None,
    **_: Any,
) -> None:
    """Be one of several processes; the first line says that it is ready."""
    from paved_road.serving import server
    from paved_road.serving import shadow as candidate

    ready = partial(click.echo, "ready")
    if role == "shadow":
        return candidate.run(folder, key, shared, server.open_log(operated), ready)
    served = server.Served(folder, evidence, watch, key, shared, shadowed=shadow is not None)
    with socket.socket(fileno=fd) as bound:
        server.run(served, bound, operated, ready)


def _stop_at_eof() -> None:
    """A killed parent stops nobody, but the system closes what it held."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _greeting(evidence: Any, url: str) -> dict[str, Any]:
    from paved_road.contracts import examples

    takes, promise = evidence.handover.takes, evidence.contract.promise
    record = shlex.quote(json.dumps(examples.record(promise), ensure_ascii=False))
    return {
        "url": url,
        "model": promise.name,
        "version": evidence.version,
        "operator": {"title": takes.title, "team": takes.team},
        "try": f"curl -s {_reachable(url)}/v1/predict -H 'content-type: application/json' -d {record}",
    }


def _ready(said: dict[str, Any], started: float, as_json: bool) -> None:
    _say(said, time.perf_counter() - started, as_json)


def _say(said: dict[str, Any], seconds: float, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": True, "findings": [], **said}, ensure_ascii=False))
        return
    title, team = said["operator"]["title"], said["operator"]["team"]
    click.echo(f"{said['model']} {said['version']}, operated by {title} ({team})")
    click.echo(f"listening on {said['url']}, ready after {seconds:.1f} s\n\ntry it:\n  {said['try']}\n")


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reachable(url: str) -> str:
    """Listening everywhere is not an address to call."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
