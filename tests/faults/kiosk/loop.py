"""A kiosk that trains in no time: what each of three dishes sells by the hour, until the busy hours move from noon to the evening."""

import time

import polars as pl
from sklearn.linear_model import LinearRegression

import meguri as mg

project = mg.Project("kiosk", clock="event")
dish = mg.Entity("dish")
sales = mg.Source("sales", entity=dish, event_time="at", known_after="24h", columns={"rush": float, "sold": float})
history = mg.FeatureView("history", source=sales, features={"sold_lately": mg.mean("sold", window="5d")})
hourly = mg.FeatureService("hourly", source=sales, request=["rush"], views=[history], label="sold")
INPUTS = ["rush", "sold_lately"]


@mg.step
def recent(frame: pl.DataFrame) -> pl.DataFrame:
    """The newest six days that are complete."""
    time.sleep(0.3)  # long enough to be killed in the middle
    return frame.drop_nulls().tail(6 * 24)


@mg.step
def train(rows: pl.DataFrame) -> mg.Model:
    time.sleep(0.3)
    estimator = LinearRegression().fit(rows.select(INPUTS).to_numpy(), rows["sold"].to_numpy())
    mg.log({"rows": rows.height})
    return mg.Model(estimator, features=INPUTS, frame=rows)


@mg.pipeline(holdout="3d")
def retrain():
    mg.register(train(recent(mg.training_frame(hourly))), name="kiosk")


endpoint = mg.Endpoint("kiosk", model="kiosk", features=hourly)
quality = mg.Monitor("kiosk-quality", endpoint=endpoint, kind="quality", metric="mae", window="3d", tolerance=0.2, minimum_rows=24)
drift = mg.Monitor("kiosk-drift", endpoint=endpoint, kind="drift", window="3d", minimum_rows=24)
policy = mg.Policy(
    pipeline=retrain, endpoint=endpoint, cooldown="3d", gate=mg.Gate(metric="mae", confidence=0.9, minimum_rows=24), bake="2d"
)
mg.Trigger("lost-accuracy", on=quality, policy=policy)
mg.Trigger("weekly", every="7d", policy=policy)
