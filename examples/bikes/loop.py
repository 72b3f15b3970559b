"""Hourly bike rentals: predict a day ahead, monitor the error, retrain when accuracy is lost.

Everything that meguri has to know is declared in this file. `meguri apply examples/bikes` shows the plan and stores the folder;
from then on the server trains, evaluates, serves, monitors and retrains from that stored copy.
"""

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor

import meguri as mg

project = mg.Project("bikes", clock="event", description="Hourly bike rentals in Washington D.C.")

# Entity and source ----------------------------------------------------------------------------------------------------------------------

city = mg.Entity("city")

CALENDAR = {"mnth": int, "hr": int, "holiday": int, "weekday": int, "workingday": int}
WEATHER = {"weathersit": int, "temp": float, "atemp": float, "hum": float, "windspeed": float}

rentals = mg.Source(
    "rentals",
    entity=city,
    event_time="at",
    known_after="24h",  # the count of an hour is known a day later
    columns={**CALENDAR, **WEATHER, "cnt": float},
    description="One row an hour: calendar, weather and how many bikes were rented. Missing hours stay missing.",
)

# Features: sent with a request (calendar and weather, known a day ahead) or looked up by the endpoint (history) -------------------------

history = mg.FeatureView(
    "history",
    source=rentals,
    features={
        "cnt_yesterday": mg.last("cnt", window="1h", offset="24h"),
        "cnt_week": mg.mean("cnt", window="7d"),
    },
    description="Demand that is known: the same hour yesterday, and the mean of the last 7 days.",
)

INPUTS = [*CALENDAR, *WEATHER, "cnt_yesterday", "cnt_week"]

hourly = mg.FeatureService("hourly", source=rentals, request=[*CALENDAR, *WEATHER], views=[history], label="cnt")

# Training -------------------------------------------------------------------------------------------------------------------------------


@mg.step
def train(frame: pl.DataFrame, seed: int = 0) -> mg.Model:
    """Boosted trees with a Poisson loss, because rentals are counts: the variance grows with the level."""
    rows = frame.filter(pl.col("cnt").is_not_null())
    inputs, target = rows.select(pl.col(INPUTS).cast(pl.Float64)).to_numpy(), rows["cnt"].to_numpy()
    estimator = HistGradientBoostingRegressor(loss="poisson", random_state=seed).fit(inputs, target)

    error = float(np.abs(estimator.predict(inputs) - target).mean())
    mg.log({"rows": rows.height, "mae_train": error})
    return mg.Model(estimator, features=INPUTS, metrics={"mae_train": error}, frame=rows)


@mg.pipeline(holdout="7d")  # the newest week is not trained on: the gate compares on it
def retrain():
    """Rows as they were known -> model -> registry."""
    frame = mg.training_frame(hourly)
    mg.register(train(frame), name="bikes")


# Endpoint and monitors ------------------------------------------------------------------------------------------------------------------

endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)

quality = mg.Monitor("bikes-quality", endpoint=endpoint, kind="quality", metric="mae", window="7d", tolerance=0.15)
drift = mg.Monitor("bikes-drift", endpoint=endpoint, kind="drift", window="7d")

# The loop: every month, and as soon as accuracy is lost. A challenger has to be better on a week that neither version was trained on ----

policy = mg.Policy(
    pipeline=retrain,
    endpoint=endpoint,
    cooldown="14d",  # at most one retrain in two weeks
    gate=mg.Gate(metric="mae", confidence=0.9),
    bake="3d",  # after a promotion, compare the first 3 days with what the former champion would have predicted
    rollback_tolerance=0.15,
)

mg.Trigger("lost-accuracy", on=quality, policy=policy)
mg.Trigger("monthly", every="30d", policy=policy)
