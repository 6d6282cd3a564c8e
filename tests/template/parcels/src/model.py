"""Sorts parcels."""

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from .features import parcel_features


def train(inputs: pd.DataFrame, target: "pd.Series[int]") -> Pipeline:
    """Fit on parcels; the target is the position of the size in `classes`."""
    return make_pipeline(parcel_features(), LogisticRegression(max_iter=500)).fit(inputs, target)
