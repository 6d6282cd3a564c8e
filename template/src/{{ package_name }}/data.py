"""The data. Replace `load` by a query, a file or a feature store; contracts/data.yml says what to return."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

START = pd.Timestamp("2024-01-01", tz="UTC")
DAYS = 90
DAY = 86_400

CATEGORIES = {
    "groceries": 0.30,
    "restaurants": 0.20,
    "online_services": 0.16,
    "fuel": 0.12,
    "electronics": 0.10,
    "travel": 0.07,
    "cash_withdrawal": 0.05,
}
REGIONS = {"domestic": 0.80, "european": 0.14, "overseas": 0.06}
CHANNELS = {"chip": 0.34, "online": 0.31, "contactless": 0.30, "magstripe": 0.05}
DEVICES = {"android": 0.42, "ios": 0.36, "windows": 0.17, "other": 0.05}
TYPICAL_DISTANCE_KM = {"domestic": 12.0, "european": 900.0, "overseas": 6000.0}


def load(rows: int = 20_000, seed: int = 7) -> pd.DataFrame:
    """Card transactions of one quarter, oldest first; the same seed gives the same rows.

    The data is made up, with a story to find: fraud is rare (about 3 in 100), likes the night, young cards, amounts
    far from a card's habit, bursts of transactions, and the magnetic stripe.

    Args:
        rows: how many transactions.
        seed: of the random numbers.

    Returns:
        The columns of contracts/data.yml, shape (rows, 15); times in UTC, amounts in EUR.
    """
    rng = np.random.default_rng(seed)
    facts = _transactions(rng, rows)
    score = _risk_score(facts)
    lost_share = 0.01 + 0.5 * _logistic(0.5 * score)
    return pd.DataFrame(
        {
            "transaction_id": [f"t{number:08d}" for number in range(rows)],
            "transaction_time": START + pd.to_timedelta(facts.seconds, unit="s"),
            "amount": facts.amount,
            "usual_amount": np.where(facts.card_age_days < 30, np.nan, np.round(facts.usual_amount, 2)),
            "merchant_category": facts.category,
            "merchant_region": facts.region,
            "channel": facts.channel,
            "device": pd.Series(_choose(rng, DEVICES, rows)).where(facts.channel == "online"),
            "card_issued_at": START + pd.to_timedelta(facts.issued, unit="s"),
            "distance_from_home_km": np.where(facts.channel == "online", np.nan, facts.distance_km),
            "transactions_last_day": facts.last_day,
            "local_hour": facts.hour,
            "pin_verified": facts.pin_verified,
            "is_fraud": rng.random(rows) < _logistic(1.6 * score),
            "loss_amount": np.round(facts.amount * lost_share * rng.lognormal(0, 0.2, rows), 2),
        }
    )


@dataclass(frozen=True)
class _Transactions:
    seconds: NDArray[np.int64]
    issued: NDArray[np.int64]
    hour: NDArray[np.int64]
    category: NDArray[np.str_]
    region: NDArray[np.str_]
    channel: NDArray[np.str_]
    usual_amount: NDArray[np.float64]
    amount: NDArray[np.float64]
    distance_km: NDArray[np.float64]
    last_day: NDArray[np.int64]
    pin_verified: NDArray[np.bool_]

    @property
    def card_age_days(self) -> NDArray[np.float64]:
        return (self.seconds - self.issued) / DAY


def _transactions(rng: np.random.Generator, rows: int) -> _Transactions:
    seconds = np.sort(rng.integers(0, DAYS * DAY, rows))
    region = _choose(rng, REGIONS, rows)
    channel = _choose(rng, CHANNELS, rows)
    usual = np.clip(rng.lognormal(3.4, 0.6, rows), 1, 2_000)
    typical_km = np.array([TYPICAL_DISTANCE_KM[name] for name in region])
    bursts = rng.binomial(1, 0.03, rows) * rng.integers(4, 14, rows)
    return _Transactions(
        seconds=seconds,
        issued=seconds - DAY - rng.exponential(500 * DAY, rows).astype(np.int64),
        hour=(seconds // 3600) % 24,
        category=_choose(rng, CATEGORIES, rows),
        region=region,
        channel=channel,
        usual_amount=usual,
        amount=(usual * rng.lognormal(0, 0.8, rows)).clip(0.5, 20_000).round(2),
        distance_km=rng.exponential(typical_km).clip(0, 20_000).round(1),
        last_day=rng.poisson(1.8, rows) + bursts,
        pin_verified=(channel == "chip") & (rng.random(rows) < 0.9),
    )


def _risk_score(facts: _Transactions) -> NDArray[np.float64]:
    return (
        -13.5
        + 2.6 * np.log(facts.amount / facts.usual_amount)
        + 3.6 * (facts.hour < 5)
        + 3.2 * (facts.region == "overseas")
        + 1.2 * (facts.region == "european")
        + 2.4 * (facts.channel == "online")
        + 5.0 * (facts.channel == "magstripe")
        + 2.2 * (facts.category == "electronics")
        + 3.0 * (facts.category == "cash_withdrawal")
        + 1.1 * facts.last_day
        + 4.4 * (facts.card_age_days < 45)
        - 2.8 * facts.pin_verified
    )


def _logistic(score: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-score))


def _choose(rng: np.random.Generator, shares: dict[str, float], rows: int) -> NDArray[np.str_]:
    return rng.choice(np.array(list(shares), dtype=np.str_), size=rows, p=list(shares.values()))
