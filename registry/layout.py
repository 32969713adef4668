"""Laying out a lineage as a picture: ancestors above, descendants below, one row a generation. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BOX_WIDTH, BOX_HEIGHT, GAP, ROW_GAP, MARGIN = 200, 58, 24, 64, 12
MOST_IN_A_ROW = 12
NAME_WIDTH, MAKER_WIDTH = 24, 30


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place; `x` and `y` are its upper left corner in pixels."""

    node: Any
    x: int
    y: int
    name: str
    maker: str

    @property
    def center(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def bottom(self) -> int:
        return self.y + BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as a curve from the parent's lower side to the child's upper side."""

    path: str
    label_x: int
    label_y: int
    relation: str
    passes_weights: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and lines with the size that holds them; `left_out` counts nodes for which there was no room."""

    boxes: list[Box]
    lines: list[Line]
    width: int
    height: int
    left_out: int


def laid_out(nodes: Sequence[Any], edges: Sequence[dict[str, Any]]) -> Picture:
    """Place nodes (with `depth`, `uid`, `name`, `version`) row by row, and draw the edges between those that have a place."""
    rows = _rows(nodes)
    widest = max((len(row) for row in rows.values()), default=1)
    width = widest * (BOX_WIDTH + GAP) - GAP + 2 * MARGIN
    boxes = {}
    for level, depth in enumerate(sorted(rows)):
        left = (width - len(rows[depth]) * (BOX_WIDTH + GAP) + GAP) // 2
        for place, node in enumerate(rows[depth]):
            x, y = left + place * (BOX_WIDTH + GAP), MARGIN + level * (BOX_HEIGHT + ROW_GAP)
            boxes[node.uid] = _box(node, x, y)
    lines = [
        _line(boxes[edge["parent"]], boxes[edge["child"]], edge)
        for edge in edges
        if edge["parent"] in boxes and edge["child"] in boxes
    ]
    height = len(rows) * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN
    return Picture(list(boxes.values()), lines, width, height, len(nodes) - len(boxes))


def _rows(nodes: Sequence[Any]) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for node in nodes:
        rows.setdefault(node.depth, []).append(node)
    return {depth: row[:MOST_IN_A_ROW] for depth, row in rows.items()}


def _line(parent: Box, child: Box, edge: dict[str, Any]) -> Line:
    start, end, middle = parent.bottom, child.y, (parent.bottom + child.y) // 2
    path = f"M{parent.center},{start} C{parent.center},{middle} {child.center},{middle} {child.center},{end}"
    return Line(path, (parent.center + child.center) // 2, middle, edge["relation"], edge["passes_weights"])


def _box(node: Any, x: int, y: int) -> Box:
    maker = " · ".join(filter(None, [node.country, node.developer.name if node.developer else ""]))
    name = f"{node.name} {node.version}".strip()
    return Box(node, x, y, _fitting(name, NAME_WIDTH), _fitting(maker or "–", MAKER_WIDTH))


def _fitting(text: str, width: int) -> str:
    """Cut a text to so many columns; a Chinese character takes two."""
    taken = ""
    for character in text:
        width -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width < 0:
            return f"{taken}…"
        taken += character
    return taken
