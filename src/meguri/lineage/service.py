"""Nodes and edges, and the two walks over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, literal, select, tuple_, update

from meguri.core.batches import batches
from meguri.core.errors import Invalid, NotFound
from meguri.core.times import Clock
from meguri.db.dialect import insert_ignore
from meguri.lineage.tables import edges, nodes

FOUND_BY_NAME = ("run", "model", "model_version", "endpoint", "deployment", "pipeline_run", "snapshot", "promotion", "alert", "artifact")
"""Kinds of nodes that `find` looks for: the others are contents, or are named as something else is."""

Role = Literal["read", "wrote", "trained", "evaluated", "deployed", "served", "derived_from"]


BY_CONTENT = ("frame", "value")
"""Kinds of nodes whose id is the digest of their content."""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A node of the graph, by kind and id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class LabelledNode:
    """A node with its label and the time at which it was first recorded."""

    kind: str
    id: str
    project: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` went into `target`."""

    source: Node
    target: Node
    role: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A part of the graph."""

    nodes: tuple[LabelledNode, ...]
    edges: tuple[Edge, ...]

    def seen_by(self, may_see: Callable[[str], bool]) -> Graph:
        """The graph without the nodes of projects that are not visible, and without their edges. Nodes of `BY_CONTENT` stay, as equal
        contents of several projects are one node; their project and label are empty then."""
        hidden = [each for each in self.nodes if not may_see(each.project)]
        left_out = {Node(each.kind, each.id) for each in hidden if each.kind not in BY_CONTENT}
        blank = {Node(each.kind, each.id): replace(each, project="", label="") for each in hidden if each.kind in BY_CONTENT}
        return Graph(
            tuple(blank.get(Node(each.kind, each.id), each) for each in self.nodes if Node(each.kind, each.id) not in left_out),
            tuple(each for each in self.edges if not {each.source, each.target} & left_out),
        )


class Lineage:
    """The graph. An edge points where the data flows: from what was used to what came of it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def node(self, tx: Connection, kind: str, id: str, *, project: str, label: str = "", at: datetime | None = None) -> Node:
        """Record a node; doing it again changes nothing."""
        insert_ignore(tx, nodes, [{"kind": kind, "id": id, "project": project, "label": (label or id)[:256], "at": at or self.clock()}])
        return Node(kind, id)

    def edge(self, tx: Connection, source: Node, target: Node, role: Role, *, run: str | None = None) -> None:
        """Record that `source` went into `target`, both nodes already; doing it again changes nothing.

        Raises Invalid where `target` is `source` or one of the nodes that it came from. Nodes of `BY_CONTENT` are not followed: equal
        contents are one node, so a step that returns what it read writes the node that it read. Costs one query over what `source` came
        from, if the edge is new.
        """
        loop = Invalid("target", f"{target.kind} {target.id} cannot come from {source.kind} {source.id}, which came from it")
        if source == target:
            raise loop
        row = {"source_kind": source.kind, "source_id": source.id, "target_kind": target.kind, "target_id": target.id}
        is_new = insert_ignore(tx, edges, [{**row, "role": role, "run": run, "at": self.clock()}]) > 0
        if is_new and _came_from(tx, source, target):
            raise loop

    def relabel(self, tx: Connection, node: Node, label: str) -> None:
        """Change what people call a node."""
        tx.execute(update(nodes).where(nodes.c.kind == node.kind, nodes.c.id == node.id).values(label=label[:256]))

    def find(self, tx: Connection, projects: Sequence[str], text: str, limit: int) -> list[LabelledNode]:
        """Nodes of some projects whose label or id begins with a text in lower case, the newest first. Reads all their nodes."""
        begins = func.lower(nodes.c.label).startswith(text, autoescape=True) | nodes.c.id.startswith(text, autoescape=True)
        mine = nodes.c.project.in_(projects) & nodes.c.kind.in_(FOUND_BY_NAME)
        query = select(nodes).where(mine, begins).order_by(nodes.c.at.desc(), nodes.c.id).limit(limit)
        return [_labelled(row) for row in tx.execute(query)]

    def project_of(self, tx: Connection, of: Node) -> str:
        """The project of a node. Raises NotFound."""
        found = tx.execute(select(nodes.c.project).where(nodes.c.kind == of.kind, nodes.c.id == of.id)).scalar_one_or_none()
        if found is None:
            raise _absent(of)
        return str(found)

    def upstream(self, tx: Connection, of: Node, depth: int = 64) -> Graph:
        """What the node came from. Raises NotFound."""
        return self._walk(tx, of, depth, ("up",))

    def downstream(self, tx: Connection, of: Node, depth: int = 64) -> Graph:
        """What came of the node. Raises NotFound."""
        return self._walk(tx, of, depth, ("down",))

    def around(self, tx: Connection, of: Node, depth: int = 64) -> Graph:
        """Upstream and downstream together. Raises NotFound."""
        return self._walk(tx, of, depth, ("up", "down"))

    def _walk(self, tx: Connection, of: Node, depth: int, directions: tuple[Literal["up", "down"], ...]) -> Graph:
        found_edges: dict[Edge, None] = {}
        found = {of}
        for direction in directions:
            for edge in _reached(tx, of, depth, direction):
                found_edges[edge] = None
                found |= {edge.source, edge.target}
        labelled = _labels(tx, found)
        if not any((each.kind, each.id) == (of.kind, of.id) for each in labelled):
            raise _absent(of)
        return Graph(tuple(labelled), tuple(found_edges))


def _absent(of: Node) -> NotFound:
    return NotFound(
        of.kind, of.id, "it has no lineage: list runs with `meguri runs`, models with `meguri models`, or open the page of the thing"
    )


def _came_from(tx: Connection, node: Node, origin: Node) -> bool:
    """Whether there is a path from `origin` to `node`."""
    above = select(literal(node.kind).label("kind"), literal(node.id).label("id")).cte("above", recursive=True)
    step = select(edges.c.source_kind, edges.c.source_id).join(
        above, (edges.c.target_kind == above.c.kind) & (edges.c.target_id == above.c.id)
    )
    above = above.union(step.where(above.c.kind.not_in(BY_CONTENT)))
    found = select(literal(1)).select_from(above).where(above.c.kind == origin.kind, above.c.id == origin.id).limit(1)
    return origin.kind not in BY_CONTENT and tx.execute(found).first() is not None


def _reached(tx: Connection, of: Node, depth: int, direction: Literal["up", "down"]) -> list[Edge]:
    """One recursive query over the edges in one direction."""
    near, far = (("target", "source"), ("source", "target"))[direction == "down"]
    reached = select(literal(of.kind).label("kind"), literal(of.id).label("id"), literal(0).label("depth")).cte("reached", recursive=True)
    step = (
        select(edges.c[f"{far}_kind"], edges.c[f"{far}_id"], reached.c.depth + 1)
        .join(reached, (edges.c[f"{near}_kind"] == reached.c.kind) & (edges.c[f"{near}_id"] == reached.c.id))
        .where(reached.c.depth < depth)
    )
    reached = reached.union(step)
    query = (
        select(edges)
        .distinct()
        .join(reached, (edges.c[f"{near}_kind"] == reached.c.kind) & (edges.c[f"{near}_id"] == reached.c.id))
        .where(reached.c.depth < depth)
        .order_by(edges.c.at, edges.c.source_id, edges.c.target_id)
    )
    return [_edge(row) for row in tx.execute(query)]


def _labels(tx: Connection, wanted: set[Node]) -> list[LabelledNode]:
    keys = sorted((node.kind, node.id) for node in wanted)
    rows: list[LabelledNode] = []
    for some in batches(keys, 400):
        query = select(nodes).where(tuple_(nodes.c.kind, nodes.c.id).in_(some))
        rows += [_labelled(row) for row in tx.execute(query)]
    return sorted(rows, key=lambda each: (each.at, each.kind, each.id))


def _labelled(row: Row[Any]) -> LabelledNode:  # Any: a row of a dynamic select
    return LabelledNode(row.kind, row.id, row.project, row.label, row.at)


def _edge(row: Row[Any]) -> Edge:  # Any: a row of a dynamic select
    return Edge(Node(row.source_kind, row.source_id), Node(row.target_kind, row.target_id), row.role)
