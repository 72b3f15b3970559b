"""Hourly bike rentals: predict a day ahead, watch the error, retrain when the world has moved.

Everything that meguri must know is declared in this file. `meguri apply examples/bikes` shows the plan and stores the folder;
from then on the server trains, judges, serves, watches and retrains from that stored copy.
"""

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor

import meguri as mg

project = mg.Project("bikes", clock="event", description="Hourly bike rentals in Washington D.C.")

# What is predicted about what ---------------------------------------------------------------------------------------------------------

city = mg.Entity("city")

CALENDAR = {"mnth": int, "hr": int, "holiday": int, "weekday": int, "workingday": int}
WEATHER = {"weathersit": int, "temp": float, "atemp": float, "hum": float, "windspeed": float}

rentals = mg.Source(
    "rentals",
    entity=city,
    event_time="at",
    known_after="24h",  # a day passes before the count of an hour reaches us
    columns={**CALENDAR, **WEATHER, "cnt": float},
    description="One row an hour: calendar, weather and how many bikes were rented. Missing hours stay missing.",
)

# Features: sent with a request (calendar and weather, known a day ahead) or looked up by the server (history) ---------------------------

history = mg.FeatureView(
    "history",
    source=rentals,
    features={
        "cnt_yesterday": mg.last("cnt", window="1h", offset="24h"),
        "cnt_week": mg.mean("cnt", window="7d"),
    },
    description="Demand as far as it is known: the same hour yesterday, and the mean of the last 7 days.",
)

INPUTS = [*CALENDAR, *WEATHER, "cnt_yesterday", "cnt_week"]

hourly = mg.FeatureService("hourly", source=rentals, request=[*CALENDAR, *WEATHER], views=[history], label="cnt")

# Training -----------------------------------------------------------------------------------------------------------------------------


@mg.step
def train(frame: pl.DataFrame, seed: int = 0) -> mg.Model:
    """Boosted trees with a Poisson loss, because rentals are counts: errors grow with the level, and so does what a tree can say."""
    rows = frame.filter(pl.col("cnt").is_not_null())
    inputs, truth = rows.select(pl.col(INPUTS).cast(pl.Float64)).to_numpy(), rows["cnt"].to_numpy()
    estimator = HistGradientBoostingRegressor(loss="poisson", random_state=seed).fit(inputs, truth)

    error = float(np.abs(estimator.predict(inputs) - truth).mean())
    mg.log({"rows": rows.height, "mae_train": error})
    return mg.Model(estimator, features=INPUTS, metrics={"mae_train": error}, frame=rows)


@mg.pipeline(holdout="7d")  # the newest week is never trained on: the gate judges on it
def retrain():
    """Rows as they were known -> model -> registry."""
    frame = mg.training_frame(hourly)
    mg.register(train(frame), name="bikes")


# Serving and watching -----------------------------------------------------------------------------------------------------------------

endpoint = mg.Endpoint("bikes", model="bikes", features=hourly)

quality = mg.Monitor("bikes-quality", endpoint=endpoint, kind="quality", metric="mae", window="7d", tolerance=0.15)
drift = mg.Monitor("bikes-drift", endpoint=endpoint, kind="drift", window="7d")

# The loop: every month, and as soon as accuracy is lost. The challenger must beat the champion on the week that neither has seen --------

policy = mg.Policy(
    pipeline=retrain,
    endpoint=endpoint,
    cooldown="14d",  # at most one retrain in two weeks
    gate=mg.Gate(metric="mae", confidence=0.9),
    bake="3d",  # after a promotion, compare the first 3 days with what the former champion would have said
    rollback_tolerance=0.15,
)

mg.Trigger("lost-accuracy", on=quality, policy=policy)
mg.Trigger("monthly", every="30d", policy=policy)
