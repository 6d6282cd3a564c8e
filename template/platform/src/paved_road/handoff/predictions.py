"""Predictions on the golden dataset, as a file: the array that `Predictor.raw` gives, in numpy's own format."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paved_road.findings import problem


def read(file: Path, code: str, remedy: str) -> NDArray[np.float64]:
    """The array in a file; nothing in it is executed, and no more is read than there is.

    Args:
        file: where it is.
        code: code of the finding if it cannot be read.
        remedy: what to do then.

    Raises:
        Problem: missing, cut off, of Python objects, or of other figures.
    """
    try:
        stored = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise problem(code, f"{file.name} cannot be read: {error}", remedy, path=file.name) from error
    if not isinstance(stored, np.ndarray) or stored.dtype != np.float64:
        raise problem(code, f"{file.name} holds no array of float64", remedy, path=file.name)
    return np.asarray(stored)
