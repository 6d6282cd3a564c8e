"""From a record to features. All of it becomes part of the artifact, so that training and serving cannot differ."""

from collections.abc import Sequence

import numpy as np
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def features(numbers: Sequence[str], strings: Sequence[str]) -> ColumnTransformer:
    """Scale numbers, spread categories over columns.

    Scaling in float64 comes before the cast to float32: seconds since 1970 do not fit into float32, and a tree that
    splits on them would decide differently once it is exported. `road handoff build` refuses a model that does.

    Args:
        numbers: inputs of contracts/model.yml that are numbers, flags (0 and 1) or times (seconds since 1970).
        strings: inputs that are text; a missing one is the empty string.

    Returns:
        A transformer of a table with these columns to float32, shape (rows, features).
    """
    scale = make_pipeline(StandardScaler(), CastTransformer(dtype=np.float32))
    spread = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    return ColumnTransformer([("numbers", scale, list(numbers)), ("strings", spread, list(strings))])
