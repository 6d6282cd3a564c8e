"""Inputs as the table that a scikit-learn estimator was fitted on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def frame(
    numbers: NDArray[np.float64], strings: NDArray[np.object_], columns: tuple[Sequence[str], Sequence[str]]
) -> pd.DataFrame:
    """A table with a column a field; training and the sandbox both make it here.

    Args:
        numbers: shape (rows, numbers).
        strings: shape (rows, strings).
        columns: names of the numbers, and of the strings.
    """
    made: dict[str, NDArray[Any]] = {name: numbers[:, at] for at, name in enumerate(columns[0])}
    made |= {name: strings[:, at] for at, name in enumerate(columns[1])}
    return pd.DataFrame(made)
