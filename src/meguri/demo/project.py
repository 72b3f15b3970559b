"""The example projects that the demo applies."""

from __future__ import annotations

import base64
from pathlib import Path

from meguri.core.errors import NotFound
from meguri.sdk.bundle import archive_of
from meguri.sdk.client import Client
from meguri.sdk.collect import load_folder


def apply(client: Client, folder: Path) -> bool:
    """Apply a project folder as `meguri apply FOLDER --yes` does; False if nothing changed."""
    project = load_folder(folder)
    bundles = f"/api/v1/projects/{project.name}/bundles"
    body = {"manifest": base64.b64encode(project.to_json()).decode(), "archive": base64.b64encode(archive_of(folder)).decode()}
    changes = bool(client.post(f"{bundles}/plan", body)["changes"])
    if changes:
        client.post(f"{bundles}/apply", body)
    return changes


def examples_folder(name: str) -> Path:
    """The folder of an example project: `examples` of the installed package, or of the source tree. Raises NotFound."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "examples" / name, here.parents[3] / "examples" / name):
        if (folder / "loop.py").is_file():
            return folder
    raise NotFound("example", name, "neither this installation nor a source tree around it has it")
