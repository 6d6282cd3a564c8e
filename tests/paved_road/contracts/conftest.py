import importlib.util
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[3] / "template" / "src" / "{{ package_name }}" / "data.py"


@pytest.fixture
def example_data() -> pd.DataFrame:
    """The data that a new project starts with."""
    spec = importlib.util.spec_from_file_location("example_data", DATA)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table: pd.DataFrame = module.load(rows=6000)
    return table
