"""The commands of the page about access work as they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

from meguri.sdk.client import connect
from meguri.testing.server import running_server
from tests.docs.following import DOCS, run


def test_commands_of_the_page(tmp_path: Path) -> None:
    block = re.findall(r"```sh\n(.*?)```", (DOCS / "concepts/access.md").read_text(), re.DOTALL)[0]
    with running_server(tmp_path / ".meguri"), connect(home=tmp_path / ".meguri") as client:
        client.post("/api/v1/projects/shop/runs", {})
        printed = run(tmp_path, block)
        assert "/#login=" in printed
        users = {each["name"]: each["roles"] for each in client.get("/api/v1/users")["items"]}
        assert users["hanako"] == {"shop": "operator"}
        listed = json.loads(run(tmp_path, "meguri tokens list --json"))
        assert [(each["name"], each["scopes"], each["projects"]) for each in listed] == [("frontend", ["predict"], ["shop"])]
