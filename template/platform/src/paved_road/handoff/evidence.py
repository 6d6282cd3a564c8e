"""A handoff folder and what it is held against: read once, looked at by every check."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from subprocess import Popen

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import model, own_metrics
from paved_road.contracts.metrics import Own
from paved_road.findings import problem
from paved_road.handoff import predictions
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import Manifest
from paved_road.project import Project

REBUILD = "restore it from git, or run `road handoff build`"


@dataclass(frozen=True)
class Evidence:
    """A handoff folder, and the repository it is held against; none in a serving image."""

    folder: Path
    manifest: Manifest
    project: Project | None
    exporting: Popen[bytes] | None = None
    """What uv locks now, under way while other checks run."""
    key: Path | None = None
    """The public key that it must be signed with, if it must."""
    remeasure: bool = False
    """Whether to put it under load again, on this machine."""

    @property
    def promise(self) -> model.ModelContract:
        return self.manifest.contract.promise

    @cached_property
    def golden(self) -> Golden:
        return Golden(self.folder / self.manifest.baseline.golden.path, self.promise)

    @cached_property
    def handed(self) -> NDArray[np.float64]:
        """The predictions that were handed over, one for each golden row."""
        file = self.folder / self.manifest.baseline.predictions.path
        handed = predictions.read(file, "BASELINE002", REBUILD)
        rows, classes = self.golden.rows, self.promise.classes
        if handed.shape != ((rows, len(classes)) if classes else (rows,)):
            fact = f"baseline: predictions of shape {handed.shape} for {rows} golden rows"
            raise problem("BASELINE002", fact, REBUILD, path=file.name)
        return handed

    @cached_property
    def own(self) -> Own:
        """The team's metrics."""
        return own_metrics.load(self.project.settings.package, self.promise) if self.project else {}
