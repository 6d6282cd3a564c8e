"""`road serve`: answer predictions with what was handed over."""

import json
import os
import shlex
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click

from paved_road import project
from paved_road.cli.output import json_option, key_option


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
@click.option("--until-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
@json_option
def serve(host: str, port: int, folder: Path | None, key: Path | None, until_eof: bool, as_json: bool) -> None:
    """Answer predictions with the model that was handed over.

    It starts only if the artifact's bytes are those of the manifest, and answers what the contract promises:
    POST /v1/predict, /healthz, /readyz, /metrics, /openapi.json, and /docs for people. Stop it with Ctrl+C. A model of
    another format than ONNX is served only if it is signed with --key, or with signing-key of [tool.paved-road].

    \b
    Example:
      road serve --port 8080
    """
    started = time.perf_counter()
    if until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    from paved_road.handoff import formats, manifest

    here = None if folder else project.find()
    where = (here.handoff if here else Path(folder or "")).absolute()
    evidence = manifest.load(where)
    if evidence.artifact.format in formats.NATIVE:
        from paved_road.handoff.provenance.signature import required_key

        key = required_key(here, key, require=False)

    from paved_road.serving import server

    with server.bind(host, port) as listening:
        said = _greeting(evidence, _url(listening))
        server.run(where, evidence, listening, lambda: _say(said, time.perf_counter() - started, as_json), key)
    if not as_json:
        click.echo("stopped; every request was answered")


def _stop_at_eof() -> None:
    """A killed parent stops nobody, but the system closes what it held."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _greeting(evidence: Any, url: str) -> dict[str, Any]:
    from paved_road.contracts import examples
    from paved_road.serving.model import version

    takes, promise = evidence.handover.takes, evidence.contract.promise
    record = shlex.quote(json.dumps(examples.record(promise), ensure_ascii=False))
    return {
        "url": url,
        "model": promise.name,
        "version": version(evidence),
        "operator": {"title": takes.title, "team": takes.team},
        "try": f"curl -s {_reachable(url)}/v1/predict -H 'content-type: application/json' -d {record}",
    }


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
