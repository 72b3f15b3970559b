"""The pages of a project, by name, with addresses of real things."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Site

TABS = {
    "home": "",
    "experiments": "/experiments",
    "sources": "/data",
    "snapshots": "/data?tab=snapshots",
    "features": "/data?tab=features",
    "quarantine": "/data?tab=quarantine",
    "pipelines": "/pipelines",
    "models": "/models",
    "endpoints": "/endpoints",
    "monitoring": "/monitoring",
    "lineage": "/lineage",
    "audit": "/audit",
    "admin": "/admin",
    "jobs": "/admin?tab=jobs",
    "members": "/admin?tab=members",
    "users": "/admin?tab=users",
    "tokens": "/admin?tab=tokens",
    "sessions": "/admin?tab=sessions",
}
"""Pages that every project has."""

THINGS = ("run", "charts", "logs", "environment", "snapshot", "pipeline-run", "model", "version", "promotion", "endpoint", "predictions",
          "deployments", "try", "prediction", "lineage-version", "lineage-deployment")  # fmt: skip
"""Pages of one thing; `address_of` finds one."""

PAGES = (*TABS, *THINGS)


def address_of(site: Site, name: str) -> str:
    """The path of a page within its project."""
    if name in TABS:
        return TABS[name]
    project = site.project
    return {
        "run": lambda: f"/runs/{_run(site)}",
        "charts": lambda: f"/runs/{_run(site)}?tab=charts",
        "logs": lambda: f"/runs/{_run(site)}?tab=logs",
        "environment": lambda: f"/runs/{_run(site)}?tab=environment",
        "snapshot": lambda: f"/snapshots/{_first(site, 'datasets')['latest']['id']}",
        "pipeline-run": lambda: f"/pipeline-runs/{_first(site, 'pipeline-runs')['id']}",
        "model": lambda: f"/models/{_first(site, 'models')['name']}",
        "version": lambda: f"/model-versions/{_first(site, 'models')['aliases']['champion']}",
        "promotion": lambda: f"/promotions/{_first(site, 'promotions')['id']}",
        "endpoint": lambda: f"/endpoints/{project}",
        "predictions": lambda: f"/endpoints/{project}?tab=predictions",
        "deployments": lambda: f"/endpoints/{project}?tab=deployments",
        "try": lambda: f"/endpoints/{project}?tab=try",
        "prediction": lambda: f"/endpoints/{project}/predictions/{_labelled(site)}",
        "lineage-version": lambda: f"/lineage/model_version/{_first(site, 'models')['aliases']['champion']}",
        "lineage-deployment": lambda: f"/lineage/deployment/{_first(site, 'endpoints')['deployment']}?direction=up",
    }[name]()


def _first(site: Site, what: str) -> dict[str, Any]:  # Any: JSON
    found: dict[str, Any] = site.client.get(f"/api/v1/projects/{site.project}/{what}")["items"][0]  # Any: as above
    return found


def _run(site: Site) -> str:
    """A run with metrics that a client logged."""
    return str(site.client.get(f"/api/v1/projects/{site.project}/runs", kind="run")["items"][0]["id"])


def _labelled(site: Site) -> str:
    """A prediction old enough to have its label."""
    return str(site.client.get(f"/api/v1/projects/{site.project}/endpoints/{site.project}/predictions", limit=100)["items"][-1]["id"])
