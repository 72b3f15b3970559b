"""The base install (the SDK and the command line) works without what only `[server]` brings."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

ABSENT = """
    import sys
    from importlib.machinery import PathFinder
    from importlib.metadata import distribution, packages_distributions
    from packaging.requirements import Requirement

    def closure(name, found):
        if name not in found:
            found.add(name)
            for text in distribution(name).requires or []:
                requirement = Requirement(text)
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    closure(requirement.name.lower().replace("_", "-"), found)
        return found

    base = closure("meguri", set())
    absent = {
        package for package, names in packages_distributions().items()
        if not {name.lower().replace("_", "-") for name in names} & base and package.isidentifier()
    }
    for name in [name for name in sys.modules if name.partition(".")[0] in absent]:
        del sys.modules[name]

    class Base(PathFinder):
        # finds nothing of the absent, as if they were not installed

        @classmethod
        def find_spec(cls, name, path=None, target=None):
            return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)

    sys.meta_path[sys.meta_path.index(PathFinder)] = Base
"""


def run_without_extras(program: str) -> subprocess.CompletedProcess[str]:
    text = textwrap.dedent(ABSENT) + textwrap.dedent(program)
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)


def test_the_absent_are_absent() -> None:
    done = run_without_extras("import numpy")
    assert "No module named 'numpy'" in done.stderr


def test_every_name_of_the_face_is_there() -> None:
    done = run_without_extras("import meguri\nfor name in meguri.__all__: getattr(meguri, name)")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_line_is_there() -> None:
    done = run_without_extras("from meguri.cli.main import build_parser; print(build_parser().format_help())")
    assert done.returncode == 0, done.stderr
    assert "server" in done.stdout


@pytest.mark.parametrize("command", ["server", "demo"])
def test_what_needs_the_server_says_how_to_install_it(command: str) -> None:
    done = run_without_extras(f"from meguri.cli.main import main; sys.exit(main(['{command}']))")
    assert done.returncode == 1, done.stderr
    assert "pip install 'meguri[server]'" in done.stderr
