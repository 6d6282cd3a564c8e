"""FastAPI, pydantic and onnxruntime, on uvicorn with uvloop and httptools."""

from fastapi import FastAPI
from fraud import Model
from record import Prediction, Record

app = FastAPI()
model = Model()


@app.post("/predict")
async def predict(body: Record | list[Record]) -> Prediction | list[Prediction]:
    many = body if isinstance(body, list) else [body]
    given = [Prediction(**each) for each in model.predict([each.model_dump() for each in many])]
    return given if isinstance(body, list) else given[0]
