"""The SDK page of the reference: each name of `meguri.__all__` with its signature and the sections of its docstring."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import meguri
from meguri.sdk.client import Client
from meguri.sdk.resources import Resource
from meguri.sdk.transport import Connection, Target

GROUPS = {
    "Track runs": ("init", "log", "finish", "run", "attach", "sync", "Run"),
    "Declare data and features": (
        "Project", "Entity", "Source", "FeatureView", "last", "mean", "sum", "count", "min", "max", "FeatureService",
    ),
    "Write pipelines": ("step", "pipeline", "training_frame", "register", "Model"),
    "Serve, monitor, retrain": ("Endpoint", "Monitor", "Gate", "Policy", "Trigger"),
    "Use a server from a program": ("connect", "Client"),
}  # fmt: skip
"""The order of the page. A test checks that these are the names of `meguri.__all__`."""

INTRO = """\
# SDK reference

Every name that `import meguri as mg` offers. Durations are text such as `"90s"`, `"24h"` or `"7d"`, a number of seconds, or a
`timedelta`. Errors are subclasses of `meguri.core.errors.MeguriError` ([errors](errors.md)). The examples run as they stand."""

SECTION = re.compile(r"^(Args|Returns|Raises|Example):$")
PARAMETER = re.compile(r"^(\w+): ")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring in its parts. `args` and `raises`: text by name. `example`: Python code."""

    text: str
    args: dict[str, str] = field(default_factory=dict)
    returns: str = ""
    raises: dict[str, str] = field(default_factory=dict)
    example: str = ""


def page() -> str:
    """The whole page as Markdown."""
    contents = "\n".join(f"- {title}: " + ", ".join(f"[`{name}`](#{anchor(name)})" for name in names) for title, names in GROUPS.items())
    groups = [f"## {title}\n\n" + "\n\n".join(entry(name) for name in names) for title, names in GROUPS.items()]
    return "\n\n".join([INTRO, contents, *groups])


def entry(name: str) -> str:
    """One name: heading, signature, sections and, of a class, its methods."""
    found = getattr(meguri, name)
    parts = [f"### {heading(name)}", signature_block(f"mg.{name}", found), *sections(parse(docstring_of(found)))]
    if name == "Run":
        parts += [method(f"run.{each}", function) for each, function in methods(found)]
    if name == "Client":
        parts += [method(f"client.{each}", function) for each, function in [*methods(found), *grouped_methods()]]
    return "\n\n".join(parts)


def method(name: str, function: Callable[..., object]) -> str:
    return "\n\n".join([f"#### `{name}`", signature_block(name, function), *sections(parse(docstring_of(function)))])


def methods(kind: type) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public methods of a class, in the order of the source, those of its parents first."""
    found = {name: value for each in reversed(kind.__mro__[:-1]) for name, value in vars(each).items()}
    yield from ((name, value) for name, value in found.items() if inspect.isfunction(value) and not name.startswith("_"))


def grouped_methods() -> Iterator[tuple[str, Callable[..., object]]]:
    """The methods of the groups of a client and of a project, such as `runs.series`; those that groups share are listed once."""
    client = Client(Connection(Target(home=Target.read().home, url="http://localhost")))
    project = client.project("NAME")
    seen: set[object] = set()
    shared = dict(methods(Resource))
    for prefix, owner in (("", client), ("project(NAME).", project)):
        groups = [("", owner)] if owner is project else []
        groups += [(f"{name}.", value) for name, value in sorted(vars(owner).items()) if not name.startswith("_")]
        for group, value in groups:
            for name, function in methods(type(value)):
                if type(value).__module__ == "meguri.sdk.resources" and function not in seen:
                    seen.add(function)
                    yield f"{prefix}{'GROUP.' if function is shared.get(name) else group}{name}", function
    client.close()


def signature_block(name: str, found: Callable[..., object]) -> str:
    return f"```text\n{signature(name, found)}\n```"


def signature(name: str, found: Callable[..., object]) -> str:
    """`name(parameters) -> type`, over several lines where one has no room for it."""
    made = inspect.signature(found)
    given = list(parameters([each for each in made.parameters.values() if each.name != "self"]))
    result = "" if inspect.isclass(found) else f" -> {made.return_annotation}"
    line = f"{name}({', '.join(given)}){result}"
    return line if len(line) <= 100 else f"{name}(\n" + "".join(f"    {each},\n" for each in given) + f"){result}"


def parameters(given: list[inspect.Parameter]) -> Iterator[str]:
    """Each parameter as it is written, with the signs for those that go by place or by name only."""
    for place, each in enumerate(given):
        if each.kind is each.KEYWORD_ONLY and not any(former.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL) for former in given[:place]):
            yield "*"
        sign = "*" * (each.kind is each.VAR_POSITIONAL) + "**" * (each.kind is each.VAR_KEYWORD)
        default = "" if each.default is each.empty else f" = {each.default!r}"
        yield f"{sign}{each.name}: {each.annotation}{default}"
        if each.kind is each.POSITIONAL_ONLY and (place + 1 == len(given) or given[place + 1].kind is not each.POSITIONAL_ONLY):
            yield "/"


def docstring_of(found: object) -> str:
    return inspect.getdoc(found) or ""


def parse(docstring: str) -> Docstring:
    """Sections begin with `Args:`, `Returns:`, `Raises:` or `Example:` on a line of its own and are indented by four."""
    blocks: dict[str, list[str]] = {"": []}
    current = ""
    for line in docstring.splitlines():
        heading = SECTION.match(line)
        if heading:
            current = heading[1]
            blocks[current] = []
        else:
            blocks[current].append(line)
    plain = {name: textwrap.dedent("\n".join(lines)).strip() for name, lines in blocks.items()}
    args, raises = (named(blocks.get(each, [])) for each in ("Args", "Raises"))
    return Docstring(plain[""], args, " ".join(plain.get("Returns", "").split()), raises, plain.get("Example", ""))


def named(lines: list[str]) -> dict[str, str]:
    """`name: text` of each entry; deeper lines continue it. A line without a name stands under the empty name."""
    found: dict[str, str] = {}
    name = ""
    for line in textwrap.dedent("\n".join(lines)).strip().splitlines():
        heading = PARAMETER.match(line)
        name = heading[1] if heading else name
        text = line[heading.end() :] if heading else line.strip()
        found[name] = f"{found[name]} {text}" if name in found else text
    return found


def sections(parsed: Docstring) -> list[str]:
    """Markdown of a docstring: its text, then what there is of parameters, result, errors and example."""
    parts = [parsed.text]
    if parsed.args:
        parts.append("Parameters:\n\n" + "\n".join(f"- `{name}`: {text}" for name, text in parsed.args.items()))
    if parsed.returns:
        parts.append(f"Returns: {parsed.returns}")
    if parsed.raises:
        parts.append("Raises:\n\n" + "\n".join(f"- `{name}`: {text}" if name else f"- {text}" for name, text in parsed.raises.items()))
    if parsed.example:
        parts.append(f"```python\n{parsed.example}\n```")
    return parts


def heading(name: str) -> str:
    """Classes say so: `mg.run` and `mg.Run` would have the same anchor."""
    return f"class `mg.{name}`" if inspect.isclass(getattr(meguri, name)) else f"`mg.{name}`"


def anchor(name: str) -> str:
    """As GitHub makes it from the heading."""
    return re.sub(r"[^\w -]", "", heading(name)).replace(" ", "-").lower()
