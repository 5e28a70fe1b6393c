"""A scene as a DOT graph: one node a panel, an edge for each saved frame pointer."""

from __future__ import annotations

import hashlib
import re

from graphviz import Digraph

from stackreel.figure.code_label import code_label
from stackreel.figure.metrics import GAP
from stackreel.figure.scene import Scene
from stackreel.figure.stack_label import port, stack_label

_POINTS = 72
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def identifier(name: str) -> str:
    """Return `name` as an id of XML and of DOT: letters, digits, hyphen and underscore; different for each name."""
    safe = _UNSAFE.sub("-", name)
    if safe != name:
        safe += "-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return safe if safe[:1].isalpha() else f"f-{safe}"


def dot_source(scene: Scene) -> str:
    """Return the DOT source of `scene`: what `stackreel figure --format dot` prints and dot draws."""
    ident = identifier(scene.ident)
    graph = Digraph(
        ident,
        graph_attr={
            "rankdir": "TB",
            "nodesep": f"{GAP / _POINTS:.4f}",
            "margin": "0",
            "pad": "0",
            "bgcolor": "transparent",
        },
        node_attr={"shape": "plain", "margin": "0"},
        edge_attr={"arrowsize": "0.6"},
    )
    with graph.subgraph() as panels:
        panels.attr(rank="same")
        panels.node("code", label=f"<{code_label(scene)}>", _attributes={"class": "sd-code"})
        panels.node("stack", label=f"<{stack_label(scene)}>", _attributes={"class": "sd-stack"})
    graph.edge("code", "stack", style="invis", weight="0", constraint="false")
    for link in scene.links:
        ends = (f"stack:{port(_held(scene, row))}:e" for row in (link.source, link.target))
        graph.edge(*ends, tooltip=f"saved {scene.fp}", _attributes={"class": "sd-link"})
    source: str = graph.source
    return source


def _held(scene: Scene, row: int) -> int:
    """Return the address of the lowest cell of a row, where a link ends."""
    return scene.rows[row].cells[-1].address
