"""Servers that a team would have, on this machine, for as long as a test needs them."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from . import needs

Variables = dict[str, str]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], url: str, log: Path, variables: Variables | None = None) -> Iterator[str]:
    """A server, from when it answers at `url` until the end of the block."""
    env = os.environ | (variables or {})
    with log.open("wb") as output:  # what it leaves lies beside its log
        server = subprocess.Popen(
            command, stdout=output, stderr=output, env=env, cwd=log.parent, start_new_session=True
        )
    try:
        while not answers(url):
            assert server.poll() is None, log.read_text()[-3000:]
            time.sleep(0.1)
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def answers(url: str) -> bool:
    try:
        urlopen(url, timeout=5).close()
    except HTTPError as error:
        error.close()  # it holds the connection
        return False
    except (URLError, ConnectionError, TimeoutError):
        return False
    return True


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL from Debian's packages: its URI."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not installed:
        needs.missing("PostgreSQL from Debian's packages")
    port = free_port()
    folder.mkdir()
    user: list[str] = []
    if os.geteuid() == 0:  # as which it refuses to run
        shutil.chown(folder, "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def control(*arguments: str) -> None:
        subprocess.run([*user, *arguments], cwd="/", check=True, stdout=subprocess.DEVNULL)

    data, program = str(folder / "data"), installed[-1]
    control(f"{program}/initdb", "-D", data, "-U", "mlflow", "--auth=trust", "--no-sync", "--no-locale", "-E", "UTF8")
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
    control(f"{program}/pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg2://mlflow@127.0.0.1:{port}/postgres"
    finally:
        control(f"{program}/pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextmanager
def mlflow(folder: Path, database: str, artifacts: str) -> Iterator[str]:
    """A full MLflow server, in an environment of its own: its URL."""
    uvx = [needs.program("uv"), "tool", "run", "--quiet", "--from", "mlflow==3.17.2"]
    packages = ["--with", "psycopg2-binary==2.9.12", "--with", "boto3==1.43.117"]
    if subprocess.run([*uvx, *packages, "mlflow", "--version"], capture_output=True).returncode:
        needs.missing("the package mlflow")
    port = free_port()
    server = ["mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    places = ["--backend-store-uri", database, "--artifacts-destination", artifacts]
    light = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    url = f"http://127.0.0.1:{port}"
    with running([*uvx, *packages, *server, *places], f"{url}/health", folder / "mlflow.log", light):
        yield url


@contextmanager
def image_registry(folder: Path) -> Iterator[str]:
    """The registry that most image registries grew from: its address."""
    program, port = needs.program("docker-registry"), free_port()
    settings = folder / "registry.yml"
    places = {"storage": {"filesystem": {"rootdirectory": f"{folder}/images"}}, "http": {"addr": f"127.0.0.1:{port}"}}
    settings.write_text(json.dumps({"version": 0.1, **places}))
    with running([program, "serve", str(settings)], f"http://127.0.0.1:{port}/v2/", folder / "registry.log"):
        yield f"127.0.0.1:{port}"


@contextmanager
def ray_cluster(program: Path, folder: Path) -> Iterator[tuple[Variables, list[int]]]:
    """A Ray cluster of two nodes with one CPU each: the variables that name it, and the processes of its nodes."""
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    port, client = free_port(), free_port()
    apart = ["--block", "--num-cpus=1", "--disable-usage-stats", "--node-ip-address=127.0.0.1"]
    head = ["--head", f"--port={port}", f"--ray-client-server-port={client}", "--include-dashboard=false"]
    nodes = [[*head, f"--temp-dir={folder}"], [f"--address=127.0.0.1:{port}"]]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for number, node in enumerate(nodes):
            with (folder / f"node{number}.log").open("wb") as output:
                command = [str(program), "start", *node, *apart]
                started.append(
                    subprocess.Popen(
                        command, stdout=output, stderr=output, env=os.environ | token, start_new_session=True
                    )
                )
            while b"--block" not in (folder / f"node{number}.log").read_bytes():  # it says so once it is up
                assert started[-1].poll() is None, (folder / f"node{number}.log").read_text()[-3000:]
                time.sleep(0.2)
        yield {"RAY_ADDRESS": f"127.0.0.1:{port}"} | token, [node.pid for node in started]
    finally:
        for running_node in reversed(started):
            with suppress(ProcessLookupError):
                os.killpg(running_node.pid, signal.SIGTERM)
            try:
                running_node.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(running_node.pid, signal.SIGKILL)
                running_node.wait()
