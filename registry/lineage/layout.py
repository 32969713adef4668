"""
Layout of a lineage as a picture: ancestors above, descendants below, one band for each generation. Pure.

Roots are grouped by country; other nodes are placed near their parents. A band that is too wide is split into several lines.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean
from typing import Any

BOX_WIDTH, BOX_HEIGHT, GAP, ROW_GAP, LINE_GAP, MARGIN = 200, 58, 24, 64, 18, 12
LABEL_HEIGHT = 22
MOST_IN_A_LINE = 8
MOST_BOXES = 400
# With more edges than this, labels would cover each other.
MOST_LABELED = 60
NAME_WIDTH, MAKER_WIDTH = 24, 30


@dataclass(frozen=True, slots=True)
class Box:
    """A node and its position: `x` and `y` are the upper left corner in pixels."""

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
    """An edge as a curve from the bottom of the parent to the top of the child. It has no label if there are too many edges."""

    path: str
    label_x: int
    label_y: int
    relation: str
    passes_weights: bool
    child: Any
    parent: Any
    has_label: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above the roots of one country, with their number."""

    x: int
    y: int
    country: str
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, lines and headings, and the size of the picture. `left_out` is the number of nodes beyond MOST_BOXES."""

    boxes: list[Box]
    lines: list[Line]
    headings: list[Heading]
    width: int
    height: int
    left_out: int

    @property
    def is_dense(self) -> bool:
        return len(self.lines) > MOST_LABELED


def laid_out(nodes: Sequence[Any], edges: Sequence[dict[str, Any]], *, in_a_line: int = MOST_IN_A_LINE) -> Picture:
    """Place the nodes, which have `depth`, `uid`, `name` and `version`, and draw the edges between placed nodes."""
    shown = sorted(nodes, key=lambda node: (abs(node.depth), node.name))[:MOST_BOXES]
    bands = _bands(shown, edges)
    widest = max((min(len(band), in_a_line) for band in bands), default=1)
    width = widest * (BOX_WIDTH + GAP) - GAP + 2 * MARGIN
    boxes: dict[Any, Box] = {}
    headings: list[Heading] = []
    y = MARGIN
    for band in bands:
        headed = any(node.is_root for node in band)
        y += LABEL_HEIGHT if headed else 0
        lines = [band[start : start + in_a_line] for start in range(0, len(band), in_a_line)]
        for line in lines:
            boxes |= {box.node.uid: box for box in _placed(line, width, y)}
            headings += _headings([boxes[node.uid] for node in line]) if headed else []
            y += BOX_HEIGHT + (LINE_GAP + LABEL_HEIGHT * headed if line is not lines[-1] else ROW_GAP)
    drawn = list(_lines(boxes, edges))
    return Picture(list(boxes.values()), drawn, headings, width, y - ROW_GAP + MARGIN, len(nodes) - len(boxes))


def _bands(nodes: Sequence[Any], edges: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Return the nodes of each generation, from the top: first the roots by country, then the others by the position of their parents."""
    by_depth: dict[int, list[Any]] = defaultdict(list)
    for node in nodes:
        by_depth[node.depth].append(node)
    parents: dict[Any, list[Any]] = defaultdict(list)
    for edge in edges:
        parents[edge["child"]].append(edge["parent"])
    places: dict[Any, float] = {}
    bands = []
    for depth in sorted(by_depth):
        band = sorted(by_depth[depth], key=lambda node: _order(node, parents, places))
        places |= {node.uid: place / len(band) for place, node in enumerate(band)}
        bands.append(band)
    return bands


def _order(node: Any, parents: dict[Any, list[Any]], places: dict[Any, float]) -> tuple[Any, ...]:
    if node.is_root:
        return 0, node.country or "~", 0.0, node.name
    above = [places[parent] for parent in parents[node.uid] if parent in places]
    return 1, "", mean(above) if above else 1.0, node.name


def _placed(line: Sequence[Any], width: int, y: int) -> Iterator[Box]:
    left = (width - len(line) * (BOX_WIDTH + GAP) + GAP) // 2
    for place, node in enumerate(line):
        maker = " · ".join(filter(None, [node.country, node.developer.name if node.developer else ""]))
        name = f"{node.name} {node.version}".strip()
        x = left + place * (BOX_WIDTH + GAP)
        yield Box(node, x, y, _fitting(name, NAME_WIDTH), _fitting(maker or "–", MAKER_WIDTH))


def _headings(boxes: Sequence[Box]) -> Iterator[Heading]:
    roots = [box for box in boxes if box.node.is_root]
    for country, part in groupby(roots, key=lambda box: box.node.country):
        group = list(part)
        yield Heading(group[0].x, group[0].y - 8, country, len(group))


def _lines(boxes: dict[Any, Box], edges: Sequence[dict[str, Any]]) -> Iterator[Line]:
    drawn = [edge for edge in edges if edge["parent"] in boxes and edge["child"] in boxes]
    for edge in drawn:
        parent, child = boxes[edge["parent"]], boxes[edge["child"]]
        start, end, middle = parent.bottom, child.y, (parent.bottom + child.y) // 2
        path = f"M{parent.center},{start} C{parent.center},{middle} {child.center},{middle} {child.center},{end}"
        yield Line(
            path,
            (parent.center + child.center) // 2,
            middle,
            edge["relation"],
            edge["passes_weights"],
            edge["child"],
            edge["parent"],
            len(drawn) <= MOST_LABELED,
        )


def _fitting(text: str, width: int) -> str:
    """Truncate a text to a number of columns. A Chinese character takes two columns."""
    taken = ""
    for character in text:
        width -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width < 0:
            return f"{taken}…"
        taken += character
    return taken
