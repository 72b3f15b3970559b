"""Checks that imports go down only: turns `layers.toml` into contracts of import-linter for the folders that exist, and runs it.

`python tools/layers.py [SOURCE]`, where SOURCE is the folder that holds the package `meguri` (default `src`). Exit status 1 and the
offending chain of imports if a contract is broken, or if a folder of the package has no layer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NO_CAPABILITIES = {"adapters", "ports"}
"""Folders whose `tables` are not rows of the database but the table store."""
Contract = dict[str, Any]  # Any: an option of import-linter, a text or a list of texts


def main(source: Path) -> int:
    rules = tomllib.loads((ROOT / "layers.toml").read_text())
    package = source / "meguri"
    if not (package / "__init__.py").is_file():
        print(f"layers: there is no package meguri in {source}")
        return 1
    if unlisted := without_a_layer(rules, package):
        print(f"layers: {', '.join(unlisted)} of {package} has no layer: give it one in layers.toml")
        return 1
    contracts = contracts_of(rules, package)
    done = lint(contracts, source)
    print(done.stdout + done.stderr if done.returncode else f"layers: {len(contracts)} contracts kept")
    return done.returncode


def without_a_layer(rules: dict[str, Any], package: Path) -> list[str]:
    """Folders and modules directly under the package that layers.toml does not name."""
    known = {name for layer in rules["layers"] for name in layer} | set(rules["outside"])
    modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    folders = {path.name for path in package.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    return sorted((modules | folders) - known)


def contracts_of(rules: dict[str, Any], package: Path) -> list[Contract]:
    def existing(names: Iterable[str]) -> list[str]:
        return [f"meguri.{name}" for name in names if module_exists(package, name)]

    layers = [layer for names in rules["layers"] if (layer := existing(names))]
    contracts: list[Contract] = [{"name": "imports go down only", "type": "layers", "layers": [" | ".join(layer) for layer in layers]}]
    parts = rules["inside_a_capability"]
    capabilities = [path for path in sorted(package.iterdir()) if sum(module_exists(path, part) for part in parts) > 1]
    if capabilities:
        contracts.append(
            {
                "name": f"inside a capability: {' > '.join(parts)}",
                "type": "layers",
                "layers": [f"({part})" for part in parts],
                "containers": [f"meguri.{path.name}" for path in capabilities],
            }
        )
    contracts += own_tables(rules, package) if rules["own_tables"] else []
    for rule in rules["never"]:
        sources, targets = existing(rule["from"]), existing(rule.get("to", [])) + rule.get("to_external", [])
        if sources and targets:
            contracts.append(
                {
                    "name": rule["why"],
                    "type": "forbidden",
                    "source_modules": sources,
                    "forbidden_modules": targets,
                }
            )
    for rule in rules["independent"]:
        folder = rule["folders"].removesuffix("/*")
        modules = [f"{folder}.{path.name}" for path in sorted((package / folder).glob("*")) if path.is_dir() and any(path.glob("*.py"))]
        if len(modules) > 1:
            contracts.append({"name": rule["why"], "type": "independence", "modules": existing(modules)})
    return contracts


def own_tables(rules: dict[str, Any], package: Path) -> list[Contract]:
    """One contract for each folder: it imports its own `tables` and no other capability's. What a service imports is not counted."""
    folders = sorted(path.name for path in package.iterdir() if path.is_dir() and path.name not in rules["outside"])
    having = [name for name in folders if module_exists(package, f"{name}.tables") and name not in NO_CAPABILITIES]
    return [
        {
            "name": f"{folder} imports the tables of no other capability: it asks the other's service",
            "type": "forbidden",
            "source_modules": [f"meguri.{folder}"],
            "forbidden_modules": [f"meguri.{name}.tables" for name in having if name != folder],
            "allow_indirect_imports": True,
        }
        for folder in folders
        if (package / folder / "__init__.py").is_file()
    ]


def module_exists(package: Path, name: str) -> bool:
    path = package.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def lint(contracts: list[Contract], source: Path) -> subprocess.CompletedProcess[str]:
    options = {"root_package": "meguri", "include_external_packages": True}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "contracts.toml")
        tables = [f"[[tool.importlinter.contracts]]\n{toml(contract)}" for contract in contracts]
        config.write_text("\n".join(["[tool.importlinter]", toml(options), *tables]))
        command = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(config), "--no-cache", "--no-logo"]
        environment = {**os.environ, "PYTHONPATH": str(source.resolve()), "COLUMNS": "400"}
        return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def toml(table: dict[str, Any]) -> str:
    """Texts, truth values and lists of texts are written in TOML as in JSON."""
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src"))
