"""FastAPI, pydantic and scikit-learn, on uvicorn with uvloop and httptools."""

import os

import joblib
import pandas as pd
from fastapi import FastAPI
from record import Prediction, Record

NUMBERS = ["amount", "usual_amount", "card_issued_at", "distance_from_home_km", "transactions_last_day", "local_hour",
           "pin_verified"]  # fmt: skip
STRINGS = ["merchant_category", "merchant_region", "channel", "device"]

app = FastAPI()
model = joblib.load(os.environ["SKLEARN_FILE"])


@app.post("/predict")
async def predict(body: Record | list[Record]) -> Prediction | list[Prediction]:
    many = body if isinstance(body, list) else [body]
    table = pd.DataFrame([each.model_dump() | {"card_issued_at": each.card_issued_at.timestamp()} for each in many])
    table[NUMBERS], table[STRINGS] = table[NUMBERS].astype(float), table[STRINGS].astype(object).fillna("")
    shares = model.predict_proba(table)[:, 1].tolist()
    given = [Prediction(is_fraud=share >= 0.7, fraud_probability=share) for share in shares]
    return given if isinstance(body, list) else given[0]
