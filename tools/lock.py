"""Pins `requirements/*.txt` anew, with hashes: `make lock`. To hold a package back, bound it in pyproject.toml.

The files name no index, no folder and no machine: they are resolved against the default index alone, whatever this machine has set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES: dict[str, list[str]] = {  # in this order: what comes later agrees with what came before
    "build": ["requirements/build.in"],
    "ui": ["requirements/ui.in"],
    "server": ["pyproject.toml", "--extra", "server", "-c", "requirements/build.txt"],
    "integrations": ["requirements/integrations.in"],  # an environment of its own, which need not agree with the others
    "dev": ["pyproject.toml", "--extra", "dev", *(f"-c=requirements/{name}.txt" for name in ("server", "build", "ui"))],
}


def main() -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        sys.exit("uv is not installed: run this as `make lock`")
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    for name, sources in FILES.items():
        subprocess.run(
            [
                uv, "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11", "--generate-hashes",
                "--no-emit-index-url", "--no-emit-find-links", "--upgrade", "--output-file", f"requirements/{name}.txt", *sources,
            ],
            cwd=ROOT, env={**settings, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}, check=True,
        )  # fmt: skip
        print(f"requirements/{name}.txt")


if __name__ == "__main__":
    main()
