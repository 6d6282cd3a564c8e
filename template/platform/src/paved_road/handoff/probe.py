"""A golden record and what the model gave for it: small enough for a server to try itself on before it is ready."""

import numpy as np
from numpy.typing import NDArray

from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import Probe


def take(golden: Golden, raw: NDArray[np.float64]) -> Probe:
    """The first golden row whose prediction is finite.

    Args:
        golden: the rows.
        raw: predictions on them, shape (rows, classes) or (rows,).
    """
    finite = np.isfinite(raw.reshape(golden.rows, -1)).all(axis=1)
    row = int(np.argmax(finite))
    return Probe(record=golden.records(row + 1)[row], raw=[float(figure) for figure in np.atleast_1d(raw[row])])
