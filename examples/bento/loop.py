"""A bento shop: predict how many of each dish are sold in each hour, notice when demand changes, and retrain.

Everything that meguri has to know is declared in this file. `meguri apply examples/bento` shows the plan and stores the folder;
from then on the server trains, evaluates, serves, monitors and retrains from that stored copy.
"""

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor

import meguri as mg

project = mg.Project("bento", clock="event", description="Hourly sales of a bento shop, dish by dish")

# Entity and source ----------------------------------------------------------------------------------------------------------------------

dish = mg.Entity("dish")

CALENDAR = {"takeaway": int, "hour": int, "weekday": int, "holiday": int}
WEATHER = {"temperature": float, "rain": float}

sales = mg.Source(
    "sales",
    entity=dish,
    event_time="at",
    known_after="24h",  # the sales of an hour are known a day later
    columns={**CALENDAR, **WEATHER, "sold": float},
    description="One row a dish and hour while the shop is open: calendar, weather and how many were sold.",
)

# Features: sent with a request (calendar and forecast) or looked up by the endpoint (history of the dish) -------------------------------

history = mg.FeatureView(
    "history",
    source=sales,
    features={
        "sold_last_week": mg.last("sold", window="1h", offset="7d"),
        "sold_week": mg.mean("sold", window="7d"),
    },
    description="Sales of a dish that are known: the same hour a week ago, and the mean of a week.",
)

INPUTS = [*CALENDAR, *WEATHER, "sold_last_week", "sold_week"]

hourly = mg.FeatureService("hourly", source=sales, request=[*CALENDAR, *WEATHER], views=[history], label="sold")

# Training -------------------------------------------------------------------------------------------------------------------------------


@mg.step
def train(frame: pl.DataFrame, seed: int = 0) -> mg.Model:
    """Boosted trees with a Poisson loss, because sales are counts."""
    rows = frame.filter(pl.col("sold").is_not_null())
    inputs, target = rows.select(pl.col(INPUTS).cast(pl.Float64)).to_numpy(), rows["sold"].to_numpy()
    estimator = HistGradientBoostingRegressor(loss="poisson", random_state=seed).fit(inputs, target)

    error = float(np.abs(estimator.predict(inputs) - target).sum() / target.sum())
    mg.log({"rows": rows.height, "wape_train": error})
    return mg.Model(estimator, features=INPUTS, metrics={"wape_train": error}, frame=rows)


@mg.pipeline(holdout="4d")  # the newest days are not trained on: the gate compares on them
def retrain():
    """Rows as they were known -> model -> registry."""
    frame = mg.training_frame(hourly)
    mg.register(train(frame), name="bento")


# Endpoint and monitors ------------------------------------------------------------------------------------------------------------------

endpoint = mg.Endpoint("bento", model="bento", features=hourly)

quality = mg.Monitor("bento-quality", endpoint=endpoint, kind="quality", metric="mae", window="4d", tolerance=0.1)
drift = mg.Monitor("bento-drift", endpoint=endpoint, kind="drift", window="14d")  # the weather of one week differs from that of the next

# The loop: lost accuracy starts the pipeline, again every four days until a challenger passes the gate ----------------------------------

policy = mg.Policy(
    pipeline=retrain,
    endpoint=endpoint,
    cooldown="4d",
    gate=mg.Gate(metric="wape", margin=0.1, confidence=0.9),  # a challenger has to be better by a tenth
    bake="3d",  # after a promotion, compare the first 3 days with what the former champion would have predicted
    rollback_tolerance=0.1,
)

mg.Trigger("lost-accuracy", on=quality, policy=policy)
