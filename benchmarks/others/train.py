"""The example's model for those who serve scikit-learn itself: run in the generated project's environment."""

import json
import sys
from pathlib import Path

import joblib
import pandas as pd
from fraud_scoring.data import load
from fraud_scoring.model import train
from paved_road.contracts import arrays, examples
from paved_road.contracts.model import load as promised
from pyarrow import Table


def main() -> None:
    contract, folder = promised(Path("contracts/model.yml")), Path(sys.argv[1])
    names = [field.name for field in (*contract.numbers, *contract.strings)]

    def prepared(table: pd.DataFrame) -> pd.DataFrame:
        numbers, strings = arrays.to_arrays(Table.from_pandas(table, preserve_index=False), contract)
        return pd.concat([pd.DataFrame(numbers), pd.DataFrame(strings)], axis=1).set_axis(names, axis=1)

    table = load()
    inputs = prepared(table)
    model = train(inputs, table["is_fraud"])
    # The cast to float32 is for the export alone, and would have every server import the exporter.
    model.set_params(features__numbers__casttransformer="passthrough").fit(inputs, table["is_fraud"])
    joblib.dump(model, folder / "model.joblib")
    record = examples.record(contract)
    ready = prepared(pd.DataFrame([record]).assign(card_issued_at=pd.to_datetime([record["card_issued_at"]])))
    (folder / "records.json").write_text(
        json.dumps({"record": record, "prepared": json.loads(ready.to_json(orient="records"))[0]})
    )


if __name__ == "__main__":
    main()
