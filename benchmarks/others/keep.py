"""What people do who only keep a model: fit the example's, and dump it or log it. For the project's folder."""

import sys
from pathlib import Path

import pandas as pd
from fraud_scoring.data import load
from fraud_scoring.model import train
from paved_road.contracts import arrays
from paved_road.contracts.model import load as promised
from pyarrow import Table


def main() -> None:
    contract, table = promised(Path("contracts/model.yml")), load()
    numbers, strings = arrays.to_arrays(Table.from_pandas(table, preserve_index=False), contract)
    names = [field.name for field in (*contract.numbers, *contract.strings)]
    inputs = pd.concat([pd.DataFrame(numbers), pd.DataFrame(strings)], axis=1).set_axis(names, axis=1)
    model = train(inputs, table["is_fraud"])
    if sys.argv[1] == "joblib":
        import joblib

        joblib.dump(model, ".road/model.joblib")
        return
    import mlflow
    import mlflow.sklearn

    mlflow.set_tracking_uri("sqlite:///.road/kept.db")
    with mlflow.start_run():
        signature = mlflow.models.infer_signature(inputs.head(), model.predict(inputs.head()))
        mlflow.log_params({"rows": len(inputs)})
        mlflow.log_metric("accuracy", float(model.score(inputs, table["is_fraud"])))
        mlflow.sklearn.log_model(
            model, name="model", signature=signature, input_example=inputs.head(1), serialization_format="cloudpickle"
        )


if __name__ == "__main__":
    main()
