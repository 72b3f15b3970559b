"""Which service handles which event and which job. Services below this layer do not import each other upwards; they are joined here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from meguri.app.watermarks import JOB as ADVANCE
from meguri.automation.service import BAKE_JOB
from meguri.core.json import JsonObject
from meguri.core.times import parse_time
from meguri.delivery.service import JOB as EVALUATE
from meguri.events.service import Event
from meguri.jobs.model import JobContext
from meguri.pipelines.service import JOB as PIPELINE_RUN
from meguri.serving.service import ROLL_OUT

if TYPE_CHECKING:
    from meguri.app.build import Platform

CHECK = "monitor.check"


def dispatch(platform: Platform) -> None:
    """Register every handler."""
    events, jobs, automation = platform.events, platform.jobs, platform.automation

    def ask_for_check(tx: Connection, event: Event) -> None:
        id = f"check:{event.project}:{event.sequence}"
        jobs.enqueue(tx, CHECK, id, project=event.project, payload={"until": event.payload["to"]}, subject=event.project)

    def check(context: JobContext, payload: JsonObject) -> None:
        platform.monitoring.check(context.project, parse_time(payload["until"]))

    events.on("watermark.advanced", "monitoring", ask_for_check)
    events.on("watermark.advanced", "automation", automation.advanced)
    events.on("monitor.breached", "automation", automation.breached)
    events.on("pipeline_run.finished", "automation", automation.ended)
    events.on("pipeline_run.failed", "automation", automation.ended)
    events.on("model_version.created", "automation", automation.created)
    events.on("alias.moved", "automation", automation.alias_moved)
    events.on("deployment.live", "automation", automation.went_live)
    events.on("deployment.failed", "automation", automation.refused)
    events.on("deployment.rolled_back", "automation", automation.rolled_back)

    jobs.register(ADVANCE, platform.watermarks.advance)
    jobs.register(CHECK, check)
    jobs.register(PIPELINE_RUN, platform.pipelines.execute)
    jobs.register(EVALUATE, platform.delivery.evaluate)
    jobs.register(ROLL_OUT, platform.serving.roll_out)
    jobs.register(BAKE_JOB, automation.evaluate_bake)
