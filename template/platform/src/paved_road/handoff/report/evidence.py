"""What a report is made of, read only once every byte is what was handed over."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from paved_road.contracts import arrays
from paved_road.findings import Problem, problem, refused
from paved_road.handoff import predictions
from paved_road.handoff.evidence import REBUILD
from paved_road.handoff.manifest import Manifest, load
from paved_road.handoff.report import history
from paved_road.handoff.verify import verify
from paved_road.ownership import raci
from paved_road.project import Project


@dataclass(frozen=True)
class Evidence:
    """A handoff, and what stands around it.

    Attributes:
        manifest: as handed over.
        target: the golden rows' true classes as positions in ``classes``, or true values; shape (rows,).
        raw: the predictions handed over; shape (rows, classes) or (rows,).
        contacts: how to reach each role of ``raci.yml``.
        past: the handoff before.
    """

    manifest: Manifest
    target: NDArray[np.generic]
    raw: NDArray[np.float64]
    contacts: dict[str, str]
    past: history.Past


def manifest(project: Project) -> Manifest:
    """The manifest of a repository whose files beside it are, byte for byte, those that it names.

    Raises:
        Problem: if it does not load, or a digest does not hold.
    """
    for outcome in verify(project.handoff, None):
        if refused(outcome.findings):
            raise Problem(*outcome.findings)
        if outcome.check == "files":
            break
    return load(project.handoff)


def read(project: Project) -> Evidence:
    """Everything that a report shows.

    Raises:
        Problem: as `manifest`; or if ``raci.yml`` cannot be read, or the predictions are not of the golden dataset.
    """
    handed = manifest(project)
    promise, part = handed.contract.promise, handed.baseline
    raw = predictions.read(project.handoff / part.predictions.path, "REPORT002", REBUILD)
    try:
        stored = pq.ParquetFile(project.handoff / part.golden.path)
        rows, classes = stored.metadata.num_rows, len(promise.classes or [])
        shape = (rows, classes) if promise.task == "classification" else (rows,)
        if raw.shape != shape or not rows:
            fact = f"predictions have shape {raw.shape}, and the golden dataset wants {shape}"
            raise problem("REPORT002", fact, REBUILD, path=f"handoff/{part.predictions.path}")
        # Of the columns only the target is needed: a million rows then take a few megabytes.
        target = arrays.target_array(stored.read(columns=[promise.target]), promise)
    except (OSError, pa.ArrowException) as error:
        fact = f"cannot be read: {str(error).splitlines()[0]}"
        raise problem("REPORT002", fact, REBUILD, path=f"handoff/{part.golden.path}") from error
    contacts = {key: role.contact for key, role in raci.load(project.raci).roles.items()}
    return Evidence(handed, target, raw, contacts, history.before(project.root, handed.seal))
