"""Parcels from the warehouse."""

import numpy as np
import pandas as pd


def load() -> pd.DataFrame:
    """Three hundred parcels of one day, shape (300, 5)."""
    rng = np.random.default_rng(3)
    size = rng.choice(["letter", "small", "bulky"], 300, p=[0.4, 0.4, 0.2])
    weight = pd.Series(size).map({"letter": 0.1, "small": 2.0, "bulky": 15.0}) * rng.lognormal(0, 0.5, 300)
    length = pd.Series(size).map({"letter": 22.0, "small": 35.0, "bulky": 120.0}) * rng.lognormal(0, 0.2, 300)
    return pd.DataFrame(
        {
            "parcel": [f"p{number}" for number in range(300)],
            "weight_kg": weight.clip(0.01, 60),
            "length_cm": length.clip(1, 300).where(rng.random(300) > 0.1),
            "wrapping": np.where(size == "letter", "envelope", rng.choice(["box", "tube"], 300)),
            "size": size,
        }
    )
