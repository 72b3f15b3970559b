"""What is loaded with what. Time is measured by `make bench`: a test that times itself fails on a busy machine, not on a slow import."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "alembic", "dbos", "deltalake", "lmdb", "numpy", "onnx", "onnxruntime", "pandas", "polars", "psycopg", "pyarrow", "ray",
    "scipy", "skl2onnx", "sklearn", "skops", "sqlalchemy", "starlette", "torch", "uvicorn",
}  # fmt: skip
NOT_IN_THE_DATA_PLANE = {"alembic", "dbos", "deltalake", "pandas", "polars", "ray", "sqlalchemy"}
DATA_PLANE = ["app.endpoint", "features.online", "profiles.profile", "protocols.inference", "serving.gateway"]


def loaded_by(statement: str) -> set[str]:
    """Names of top packages in `sys.modules` after the statement, in a fresh process."""
    program = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import meguri",
        "import meguri.core.definitions.project",
        "import meguri as mg; mg.step; mg.pipeline; mg.Project; mg.init",
        "from meguri.cli.main import build_parser; build_parser()",
    ],
)
def test_what_a_user_imports_is_light(statement: str) -> None:
    assert loaded_by(statement) & HEAVY == set()


def test_import_meguri_leaves_even_the_network_alone() -> None:
    assert loaded_by("import meguri") & {"httpx", "ssl", "asyncio"} == set()


@pytest.mark.parametrize("module", DATA_PLANE)
def test_the_data_plane_loads_no_database_and_no_dataframes(module: str) -> None:
    assert loaded_by(f"import meguri.{module}") & NOT_IN_THE_DATA_PLANE == set()
