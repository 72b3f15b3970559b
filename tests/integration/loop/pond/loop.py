"""A project that trains in no time: the load of a site by hour of the day, which doubles one day."""

import os
import time

import polars as pl
from sklearn.linear_model import LinearRegression

import meguri as mg

project = mg.Project("pond", clock="event")
site = mg.Entity("site")
readings = mg.Source("readings", entity=site, event_time="at", known_after="24h", columns={"noon": float, "evening": float, "load": float})
history = mg.FeatureView("history", source=readings, features={"load_lately": mg.mean("load", window="3d")})
INPUTS = ["noon", "evening"]
hourly = mg.FeatureService("hourly", source=readings, request=INPUTS, views=[history], label="load")


@mg.step(timeout="5s")
def begin(mode: str) -> str:
    """`mode` other than "sound": how this training goes wrong."""
    if mode == "fails":
        raise RuntimeError("the training failed, as it was asked to")
    if mode == "hangs":
        time.sleep(600)
    if mode == "dies":
        os.abort()
    return mode


@mg.step
def train(frame: pl.DataFrame, mode: str, scale: float) -> mg.Model:
    """`scale`: what the labels are multiplied with, which makes a bad model."""
    rows = frame.head(0) if mode == "empty" else frame.filter(pl.col("load").is_not_null())
    recent = rows.tail(6 * 12)
    estimator = LinearRegression().fit(recent.select(*INPUTS, pl.col("load_lately").fill_null(0) * 0).to_numpy(), recent["load"] * scale)
    return mg.Model(estimator, features=[*INPUTS, "load_lately"], frame=recent.fill_null(0))


@mg.pipeline(holdout="3d")
def retrain(mode: str = "sound", scale: float = 1.0):
    mg.register(train(mg.training_frame(hourly), begin(mode), scale), name="pond")


endpoint = mg.Endpoint("pond", model="pond", features=hourly)
quality = mg.Monitor("pond-quality", endpoint=endpoint, kind="quality", metric="mae", window="3d", tolerance=0.2, minimum_rows=12)
drift = mg.Monitor("pond-drift", endpoint=endpoint, kind="drift", window="7d", minimum_rows=24)
policy = mg.Policy(
    pipeline=retrain, endpoint=endpoint, cooldown="3d", gate=mg.Gate(metric="mae", confidence=0.9, minimum_rows=12), bake="2d"
)
mg.Trigger("lost-accuracy", on=quality, policy=policy)
