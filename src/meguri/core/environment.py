"""The environment variables that child processes get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

KEPT = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "CUDA_VISIBLE_DEVICES", "NVIDIA_*",
)  # fmt: skip
"""What a program needs to find its parts. Everything else may hold a secret."""

THREAD_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMEXPR_NUM_THREADS")


def child_environment(parent: Mapping[str, str], passed: Sequence[str] = ()) -> dict[str, str]:
    """The variables of `parent` that children get: those in KEPT, and those whose name matches one of `passed` (`HF_HOME`, `AWS_*`)."""
    wanted = (*KEPT, *passed)
    kept = {name: value for name, value in parent.items() if any(fnmatchcase(name, pattern) for pattern in wanted)}
    return {**kept, "ORT_DISABLE_TELEMETRY": "1"}


def worker_environment(parent: Mapping[str, str], threads: int, passed: Sequence[str] = ()) -> dict[str, str]:
    """The variables of a step worker: those of `child_environment`, and switches that make results repeat. `threads`: of the numeric
    libraries, fixed so that sums are made in the same order every time."""
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    return {**child_environment(parent, passed), **dict.fromkeys(THREAD_POOLS, str(threads)), **fixed}
