/** The lines that a page shows when it is empty: what a user writes next. Code is the same in every language. */

export const snippets = {
  source: `import meguri as mg

project = mg.Project("bikes", clock="event")
city = mg.Entity("city")
rentals = mg.Source(
    "rentals", entity=city, event_time="at",
    columns={"hr": int, "temp": float, "cnt": float})`,
  push: `client = mg.connect()
client.sources.push("rentals", rows, project="bikes")`,
  features: `history = mg.FeatureView("history", source=rentals, features={
    "cnt_yesterday": mg.last("cnt", window="1h", offset="24h"),
    "cnt_week": mg.mean("cnt", window="7d")})
hourly = mg.FeatureService(
    "hourly", source=rentals, request=["hr", "temp"],
    views=[history], label="cnt")`,
  pipeline: `@mg.step
def train(frame: pl.DataFrame) -> mg.Model: ...

@mg.pipeline(holdout="7d")
def retrain():
    frame = mg.training_frame(hourly)
    mg.register(train(frame), name="bikes")`,
  gate: `policy = mg.Policy(
    pipeline=retrain, endpoint=endpoint, cooldown="14d",
    gate=mg.Gate(metric="mae", confidence=0.9))
mg.Trigger("lost-accuracy", on=quality, policy=policy)`,
  model: `meguri apply .
meguri pipelines run retrain`,
  endpoint: `endpoint = mg.Endpoint(
    "bikes", model="bikes", features=hourly)`,
  monitor: `quality = mg.Monitor(
    "bikes-quality", endpoint=endpoint, kind="quality",
    metric="mae", window="7d", tolerance=0.2)
drift = mg.Monitor("bikes-drift", endpoint=endpoint, kind="drift")`,
  run: `import meguri as mg

run = mg.init(project="demo", name="first try")
for step in range(100):
    mg.log({"loss": 1 / (step + 1)}, step=step)
mg.finish()`,
  demo: `make demo`,
} as const
