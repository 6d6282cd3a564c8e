"""From a parcel to features."""

import numpy as np
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def parcel_features() -> ColumnTransformer:
    """Measures scaled and filled in, the wrapping spread over columns."""
    measures = make_pipeline(StandardScaler(), CastTransformer(dtype=np.float32), SimpleImputer())
    wrapping = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    return ColumnTransformer([("measures", measures, ["weight_kg", "length_cm"]), ("wrapping", wrapping, ["wrapping"])])
