"""Which rows are golden, and which may be trained on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paved_road.contracts.model import Golden, ModelContract
from paved_road.findings import problem


def split(table: pd.DataFrame, contract: ModelContract, handoff: Path) -> tuple[pd.DataFrame, pa.Table]:
    """Training rows and the golden dataset; no row is in both.

    The golden dataset that was handed over is kept as long as the contract names the same version, so that two models
    are compared on the same rows.

    Args:
        table: the team's data, which keeps its contract.
        contract: how golden rows are taken.
        handoff: folder that may hold an earlier golden dataset.

    Raises:
        Problem: if nothing would be left to train on, or the kept dataset lacks a column or has keys of another kind.
    """
    rule = contract.golden
    columns = golden_columns(contract)
    missing = [name for name in columns if name not in table]
    if missing:
        fact = f"the data has no column {', '.join(missing)}"
        raise problem("SPLIT001", fact, "golden and inputs name columns of contracts/data.yml")
    golden = _handed_over(handoff, rule.version)
    if golden is None:
        golden = pa.Table.from_pandas(_take(table, rule)[columns], preserve_index=False).replace_schema_metadata(None)
    lost = [name for name in columns if name not in golden.column_names]
    if lost:
        fact = f"the golden dataset of version {rule.version} has no column {', '.join(lost)}"
        raise problem("SPLIT002", fact, "raise golden.version in contracts/model.yml to take a new one")
    kept = golden.column(rule.key).to_pandas()
    if golden.num_rows and _kind(kept) != _kind(
        table[rule.key]
    ):  # then no key would be found again, and golden rows be trained on
        fact = f"{rule.key} is of kind {_kind(table[rule.key])} in the data, and {_kind(kept)} in the golden dataset"
        raise problem("SPLIT002", fact, "raise golden.version in contracts/model.yml to take a new one")
    train = table[~table[rule.key].isin(kept.to_list())]
    if train.empty or not golden.num_rows:
        fact = f"{golden.num_rows} golden rows leave {len(train)} of {len(table)} rows to train on"
        raise problem("SPLIT003", fact, "load more rows, or change golden.share in contracts/model.yml")
    return train, golden


def validation(learn: pd.DataFrame, contract: ModelContract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to fit on and rows to validate on, taken from the training rows as the golden ones are from all.

    Raises:
        Problem: if either would be empty.
    """
    key = contract.golden.key
    held = _take(learn, contract.golden)
    fit = learn[~learn[key].isin(held[key])]
    if fit.empty or held.empty:
        fact = f"{len(held)} validation rows leave {len(fit)} of {len(learn)} rows to fit on"
        raise problem("SPLIT003", fact, "load more rows, or change golden.share in contracts/model.yml")
    return fit, held


def golden_columns(contract: ModelContract) -> list[str]:
    """Columns of the golden dataset: key, time, inputs, target and slices, each once."""
    rule = contract.golden
    names = [rule.key, *([rule.newest_by] if rule.newest_by else []), *(field.name for field in contract.inputs)]
    return list(dict.fromkeys([*names, contract.target, *rule.slices]))


def _take(table: pd.DataFrame, rule: Golden) -> pd.DataFrame:
    wanted = round(len(table) * rule.share)
    if rule.newest_by:
        return table.sort_values([rule.newest_by, rule.key], na_position="first").tail(wanted)
    # By a hash of the key, so that the same rows are taken whatever order they arrive in.
    # By position, for the index of a table that was put together may repeat.
    hashes = pd.util.hash_pandas_object(table[rule.key], index=False).to_numpy()
    return table.iloc[np.argsort(hashes, kind="stable")[:wanted]]


def _kind(keys: "pd.Series[Any]") -> str:
    kind = pd.api.types.infer_dtype(keys.astype(object), skipna=True)
    return "number" if kind in ("integer", "floating", "mixed-integer-float") else kind


def _handed_over(handoff: Path, version: int) -> pa.Table | None:
    try:
        baseline = json.loads((handoff / "manifest.json").read_bytes())["baseline"]
        if baseline["version"] != version:
            return None
        return pq.read_table(handoff / baseline["golden"]["path"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, pa.ArrowException):
        return None  # nothing usable was handed over; `road handoff verify` says why
