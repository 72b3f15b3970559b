"""What the documents name exists: links, decisions, make targets, layers, commands, Python names."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest

import meguri
from meguri.cli.main import build_parser

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text())
    assert [link for link in links if "://" not in link and not (file.parent / link).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text()
    missing = []
    for page in sorted(folder.glob("[0-9]*.md")):
        number, _, title = page.read_text().splitlines()[0].removeprefix("# ").partition(" ")
        assert page.name.startswith(f"{number}-")
        if f"- [{number} {title}]({page.name})" not in index:
            missing.append(page.name)
    assert missing == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_make_targets_that_a_page_names_exist(file: Path) -> None:
    rules = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    shown = "\n".join(re.findall(r"```(?:sh|bash)\n(.*?)```", file.read_text(), re.DOTALL))
    named = set(re.findall(r"`make ([a-z][a-z-]*)", file.read_text())) | set(re.findall(r"^make ([a-z][a-z-]*)", shown, re.MULTILINE))
    assert named - targets == set()


def test_the_layers_in_the_architecture_are_those_that_are_checked() -> None:
    shown = (ROOT / "docs/architecture.md").read_text().partition("```\n")[2].partition("```")[0]
    names = {name for line in shown.splitlines() for name in re.split(r" \| ", re.split(r"  +", line)[0])}
    layers = {name for layer in tomllib.loads((ROOT / "layers.toml").read_text())["layers"] for name in layer}
    there = {path.name for path in (ROOT / "src/meguri").iterdir() if (path / "__init__.py").is_file()}
    assert names == layers & there


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_commands_that_a_page_shows_are_understood(file: Path) -> None:
    blocks = re.findall(r"```(?:sh|bash|console)\n(.*?)```", file.read_text(), re.DOTALL)
    lines = [line.strip().removeprefix("$ ").removesuffix(" &") for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    parser = build_parser()
    for line in lines:
        if re.match(r"(\.venv/bin/)?meguri ", line):
            words = shlex.split(re.sub(r"\s&(\s|$)|[|>].*", " ", line), comments=True)
            parser.parse_args(words[1:])


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_python_that_a_page_shows_is_valid_and_names_what_there_is(file: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", file.read_text(), re.DOTALL):
        nodes = list(ast.walk(ast.parse(block)))
        named = {
            each.attr for each in nodes if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "mg"
        }
        assert named - set(meguri.__all__) == set()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_within_a_page_lead_to_a_heading(file: Path) -> None:
    wanted = [
        ((file.parent / path).resolve() if path else file, anchor)
        for path, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", file.read_text())
    ]
    assert [(page.name, anchor) for page, anchor in wanted if anchor not in anchors(page)] == []


def anchors(page: Path) -> set[str]:
    """Those of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).replace(" ", "-").lower() for heading in headings}


def test_every_page_is_in_the_index() -> None:
    folder = ROOT / "docs"
    linked = {(folder / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", (folder / "README.md").read_text())}
    pages = {page for page in folder.rglob("*.md") if page.parent.name != "adr" and page != folder / "README.md"}
    assert sorted(page.name for page in pages - linked) == []
