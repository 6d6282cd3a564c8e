"""A record as one writes it for FastAPI: the contract's types, ranges and values."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Money = Annotated[float, Field(ge=0.01, le=50_000)]


class Record(BaseModel):
    """A card transaction."""

    model_config = ConfigDict(extra="forbid")

    amount: Money
    usual_amount: Money | None = None
    merchant_category: Literal[
        "cash_withdrawal", "electronics", "fuel", "groceries", "online_services", "restaurants", "travel"
    ]
    merchant_region: Literal["domestic", "european", "overseas"]
    channel: Literal["chip", "contactless", "magstripe", "online"]
    device: Literal["android", "ios", "other", "windows"] | None = None
    card_issued_at: datetime
    distance_from_home_km: Annotated[float, Field(ge=0, le=20_040)] | None = None
    transactions_last_day: Annotated[int, Field(ge=0, le=500)]
    local_hour: Annotated[int, Field(ge=0, le=23)]
    pin_verified: bool


class Prediction(BaseModel):
    """What the model says of it."""

    is_fraud: bool
    fraud_probability: Annotated[float, Field(ge=0, le=1)]
