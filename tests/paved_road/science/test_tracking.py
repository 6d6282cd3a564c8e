"""A run is recorded, or the refusal says where, why, and nothing secret."""

import io
import json
import os
import socket
import sys
from pathlib import Path

import pytest
from paved_road import files
from paved_road.findings import Problem, as_text
from paved_road.project import Settings
from paved_road.science import tracking
from paved_road.stores.mlflow_client import without_credentials

SETTINGS = Settings(package="team", experiment="fraud")


def refusal(root: Path) -> str:
    tracker = tracking.Tracker(root, SETTINGS)
    with pytest.raises(Problem) as refused:
        tracker.finish({}, {}, {})
    return as_text(refused.value.findings)


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port at which there is no server; and no patience."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def test_a_server_that_cannot_be_reached_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nobody_listens: int
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://ada:s3cr%23t@127.0.0.1:{nobody_listens}")

    said = refusal(tmp_path)

    assert f"TRACKING001  the run could not be tracked at http://127.0.0.1:{nobody_listens}: " in said
    assert "check MLFLOW_TRACKING_URI, or unset it to track locally" in said
    assert "s3cr" not in said
    assert "ada" not in said


def test_a_database_in_a_folder_that_cannot_be_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///file/runs/mlflow.db")

    with pytest.raises(Problem) as refused:
        tracking.Tracker(tmp_path, SETTINGS)

    said = as_text(refused.value.findings)
    assert f"TRACKING001  the run could not be tracked in {tmp_path}/file/runs: Not a directory" in said


def test_a_database_in_a_folder_that_is_not_writable_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(Problem, match=r"could not be tracked in .*\.road: it is not writable"):
        tracking.Tracker(tmp_path, SETTINGS)


def test_a_file_in_the_way_of_the_local_folder_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / ".road").touch()

    with pytest.raises(FileExistsError):
        tracking.Tracker(tmp_path, SETTINGS)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit()", "it ended without a word"),
        ("import sys; sys.exit('no such module')", "no such module"),
        ("print('{')", "it ended without a word"),
        ("import sys; sys.exit('cannot reach https://ada:s3cret@example.org')", "cannot reach https://example.org"),
    ],
)
def test_a_far_end_that_dies_is_told_in_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{program}"\n')
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://ada:s3cret@example.org")

    assert refusal(tmp_path).splitlines()[0].endswith(f"tracked at https://example.org: {reason}")


# The local database ---------------------------------------------------------
def recorded(root: Path) -> str:
    """A run that was tracked in the local database."""
    return tracking.Tracker(root, SETTINGS).finish({}, {}, {}).run


TAKES_IT_AWAY = """
import os, sys

DATABASE = os.path.abspath(".road/mlflow.db")


def hook(event, arguments):
    if event == "import" and arguments[0] == "mlflow.store.tracking.sqlalchemy_store" and os.path.exists(DATABASE):
        os.unlink(DATABASE)
    if event == "sqlite3.connect" and arguments[0] == DATABASE and not os.path.exists(DATABASE):
        print("it was opened before it was there", file=sys.stderr, flush=True)
        os._exit(1)


sys.addaudithook(hook)
"""


def test_a_database_that_goes_while_a_run_starts_is_created_whole_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(TAKES_IT_AWAY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / ".road").mkdir()
    (tmp_path / ".road/mlflow.db").touch()

    assert recorded(tmp_path)
    assert sorted(file.name for file in (tmp_path / ".road").iterdir()) == ["lock", "mlflow.db"]


def test_a_run_whose_database_is_there_waits_for_nobody_who_works_beside_it(tmp_path: Path) -> None:
    first = recorded(tmp_path)

    with files.alone(tmp_path / ".road", patience_s=0):
        second = recorded(tmp_path)

    assert first != second


# What is said ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://mlflow.example.org", "https://mlflow.example.org"),
        ("https://ada:s3cret@mlflow.example.org:8443/a", "https://mlflow.example.org:8443/a"),
        ("https://s3cret@mlflow.example.org", "https://mlflow.example.org"),
        ("https://ada:s3/cr@et@mlflow.example.org/a", "https://mlflow.example.org/a"),
        ("https://ada:s3?cr@mlflow.example.org", "https://mlflow.example.org"),
        ("https://mlflow.example.org/?token=s3cret", "https://mlflow.example.org/"),
        ("postgresql://ada:s3cret@db/mlflow?password=s3cret", "postgresql://db/mlflow"),
        ("https://ada:s3cret@host:port", "https://host:port"),
        ("https://ada:s3cret@[::1", "https://[::1"),
        ("sqlite:///.road/mlflow.db", "sqlite:///.road/mlflow.db"),
        ("mlruns", "mlruns"),
    ],
)
def test_an_address_is_shown_without_anything_secret(uri: str, shown: str) -> None:
    assert without_credentials(uri) == shown


def test_the_far_end_cuts_its_words_only_after_taking_the_secrets_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = "https://ada:s3cret@example.org/?token=t0ken"

    def refuse(*_: object) -> str:
        raise ConnectionError(f"{'x' * 280} {uri}\n s3cret and t0ken")

    monkeypatch.setattr(tracking, "_record", refuse)
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"uri": uri, "experiment": "fraud"}) + "\n"))

    tracking._main()

    said = json.loads(capsys.readouterr().out)["error"]
    assert len(said) == 300
    assert "s3c" not in said
    assert "t0k" not in said
