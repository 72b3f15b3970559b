"""How long `import meguri` takes: the median of fresh processes, less that of a bare Python. The budget is 150 ms."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
BUDGET_MS = 150
STATEMENTS = {
    "import meguri": "import meguri",
    "the SDK": "import meguri as mg; mg.init, mg.step, mg.Project",
    "the command line": "from meguri.cli.main import build_parser; build_parser()",
    "an endpoint": "import meguri.app.endpoint",
    "the server": "import meguri.server.serve",
}


def milliseconds(statement: str) -> float:
    """Of one fresh process, start and end included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    bare = statistics.median(milliseconds("pass") for _ in range(ROUNDS))
    print(f"{'':20} median ms over a bare Python ({bare:.0f} ms)")
    for name, statement in STATEMENTS.items():
        milliseconds(statement)  # the first one writes the bytecode
        taken = statistics.median(milliseconds(statement) for _ in range(ROUNDS)) - bare
        print(f"{name:20} {taken:6.0f}{f'   budget {BUDGET_MS}' if name == 'import meguri' else ''}")


if __name__ == "__main__":
    main()
