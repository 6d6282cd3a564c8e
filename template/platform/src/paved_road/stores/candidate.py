"""The candidate folder: what `road train` leaves for `road handoff build`, in files that a person can open.

``model.onnx``, or in another format ``model.skops`` · ``golden.parquet`` · ``trained.npy`` (the trained model's own
predictions on the golden dataset) · ``run.json`` (where it all comes from).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from paved_road.findings import problem
from paved_road.project import Format, TrustedType

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Tracking(_Part, frozen=True, kw_only=True):
    """The tracked run.

    Attributes:
        uri: tracking server, without credentials.
        experiment: name of the experiment.
        run: identifier of the run.
    """

    uri: str
    experiment: str
    run: str


class Origin(_Part, frozen=True, kw_only=True):
    """Where the model comes from.

    Attributes:
        trained_by: git name and address of who ran the training.
        trained_at: when it ended, UTC.
        commit: git commit of the training code.
        uncommitted: whether the work tree held changes that this commit does not.
        data_sha256: fingerprint of the training data's content.
        rows: rows trained on.
        framework: library and version that trained it.
        parameters: parameters of the estimator, as text.
        tracking: the tracked run.
    """

    trained_by: str
    trained_at: str
    commit: str
    uncommitted: bool
    data_sha256: Sha256
    rows: Annotated[int, Meta(ge=1)]
    framework: str
    parameters: dict[str, str]
    tracking: Tracking


class Run(_Part, frozen=True, kw_only=True):
    """``run.json``.

    Attributes:
        contract_sha256: the model contract that it was trained for.
        data_sha256: the data contract that its data kept.
        origin: where it comes from.
        metrics: of the trained model on the golden dataset.
        format: what the model was exported as.
        trusted: types in it that its format's library does not trust by itself.
    """

    contract_sha256: Sha256
    data_sha256: Sha256
    origin: Origin
    metrics: dict[str, float | None]
    format: Format = "onnx"
    trusted: list[TrustedType] = []


@dataclass(frozen=True)
class Candidate:
    """A candidate folder on disk."""

    folder: Path

    def model(self, kind: Format) -> Path:
        return self.folder / f"model.{kind}"

    @property
    def golden(self) -> Path:
        return self.folder / "golden.parquet"

    @property
    def trained(self) -> Path:
        return self.folder / "trained.npy"

    @property
    def run_file(self) -> Path:
        return self.folder / "run.json"

    def run(self) -> Run:
        """Read ``run.json``.

        Raises:
            Problem: if there is no candidate, or it is not whole.
        """
        self._require(self.run_file)
        try:
            run = msgspec.json.decode(self.run_file.read_bytes(), type=Run)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise problem("CANDIDATE002", f"run.json: {error}", "run `road train`", path=str(self.run_file)) from error
        for file in (self.model(run.format), self.golden, self.trained):
            self._require(file)
        return run

    def _require(self, file: Path) -> None:
        if not file.is_file():
            fact = f"there is no candidate: {file.name} is missing in {self.folder.name}/"
            raise problem("CANDIDATE001", fact, "run `road train`", path=str(file))


def write_run(folder: Path, run: Run) -> None:
    """Write ``run.json`` into a candidate folder."""
    text = json.dumps(msgspec.to_builtins(run), indent=2, ensure_ascii=False)
    Candidate(folder).run_file.write_text(text + "\n", encoding="utf-8")
