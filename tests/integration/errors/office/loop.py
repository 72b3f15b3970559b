"""The hourly load of an office, for tests: a model that trains in no time."""

import polars as pl
from sklearn.linear_model import LinearRegression

import meguri as mg

project = mg.Project("office", clock="event")
building = mg.Entity("building")
meter = mg.Source("meter", entity=building, event_time="at", known_after="1h", columns={"hour": int, "temperature": float, "load": float})
history = mg.FeatureView("history", source=meter, features={"load_week": mg.mean("load", window="7d")})
INPUTS = ["hour", "temperature", "load_week"]
inputs = mg.FeatureService("inputs", source=meter, request=["hour", "temperature"], views=[history], label="load")


@mg.step
def train(frame: pl.DataFrame) -> mg.Model:
    rows = frame.drop_nulls()
    estimator = LinearRegression().fit(rows.select(pl.col(INPUTS).cast(pl.Float64)).to_numpy(), rows["load"].to_numpy())
    return mg.Model(estimator, features=INPUTS, frame=rows)


@mg.pipeline(holdout="3d")
def retrain():
    frame = mg.training_frame(inputs)
    mg.register(train(frame), name="load")


endpoint = mg.Endpoint("load", model="load", features=inputs)
quality = mg.Monitor("load-quality", endpoint=endpoint, kind="quality", metric="mae", window="7d")
mg.Trigger("lost-accuracy", on=quality, policy=mg.Policy(pipeline=retrain, endpoint=endpoint))
