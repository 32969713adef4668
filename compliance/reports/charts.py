"""Charts as SVG: bars for groups, columns along time. The same picture stands on pages, on paper and in mails. Pure."""

from __future__ import annotations

import unicodedata
from html import escape

from compliance.reports.catalog import Chart
from compliance.reports.presenting import ShownBreakdown, ShownGroup

WIDTH = 580
_LABEL, _VALUE, _ROW = 250, 62, 26
_HEIGHT, _FOOT, _TOP = 200, 34, 18
_MOST_BARS = 12
_BAR, _PART, _TEXT, _QUIET, _LINE = "#5b8def", "#c2410c", "#1f2937", "#4b5563", "#d1d5db"
_FONT = "font-family=\"'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif\""


def svg_of(breakdown: ShownBreakdown) -> str:
    """Return a chart of a breakdown; empty if it has no groups."""
    if not breakdown.groups:
        return ""
    body, height = _columns(breakdown) if breakdown.chart == Chart.COLUMNS else _bars(breakdown)
    title = escape(breakdown.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{title}" {_FONT}>{body}</svg>'
    )


def _bars(breakdown: ShownBreakdown) -> tuple[str, int]:
    groups = breakdown.groups[:_MOST_BARS]
    legend = _legend(breakdown)
    body = legend + "".join(_bar(group, _TOP * bool(legend) + i * _ROW) for i, group in enumerate(groups))
    return body, _TOP * bool(legend) + len(groups) * _ROW + 4


def _bar(group: ShownGroup, top: int) -> str:
    room = WIDTH - _LABEL - _VALUE
    length = max(room * group.share / 100, 1.5)
    part = length * group.part_share / 100
    middle = top + _ROW / 2 + 4.5
    return (
        f'<text x="{_LABEL - 8}" y="{middle}" text-anchor="end" font-size="12.5" fill="{_TEXT}">'
        f"{escape(_fitting(group.label, _LABEL - 12, 12.5))}</text>"
        + _box(_LABEL, top + 5, length, _ROW - 10, _BAR)
        + (_box(_LABEL, top + 5, part, _ROW - 10, _PART) if part else "")
        + f'<text x="{_LABEL + length + 6:.1f}" y="{middle}" font-size="12.5" fill="{_TEXT}">{_value(group)}</text>'
    )


def _columns(breakdown: ShownBreakdown) -> tuple[str, int]:
    groups = breakdown.groups
    step = (WIDTH - 20) / len(groups)
    every = max(1, round(64 / step))
    bottom = _TOP * 2 + _HEIGHT
    shapes = [_legend(breakdown), f'<path d="M10 {bottom}H{WIDTH - 10}" stroke="{_LINE}"/>']
    for i, group in enumerate(groups):
        left, width = 10 + i * step + step * 0.15, min(step * 0.7, 60)
        shapes.append(_column(group, left, width, bottom))
        if i % every == 0:
            shapes.append(
                f'<text x="{left + width / 2:.1f}" y="{bottom + 16}" text-anchor="middle" font-size="11" fill="{_QUIET}">'
                f"{escape(group.label)}</text>"
            )
    return "".join(shapes), bottom + _FOOT


def _column(group: ShownGroup, left: float, width: float, bottom: int) -> str:
    height = _HEIGHT * group.share / 100
    part = height * group.part_share / 100
    text = (
        f'<text x="{left + width / 2:.1f}" y="{bottom - height - 5:.1f}" text-anchor="middle" font-size="11" fill="{_TEXT}">'
        f"{_value(group)}</text>"
    )
    return (
        _box(left, bottom - height, width, height, _BAR)
        + (_box(left, bottom - part, width, part, _PART) if part else "")
        + (text if width >= 12 else "")
    )


def _box(left: float, top: float, width: float, height: float, color: str) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" fill="{color}"/>'


def _value(group: ShownGroup) -> str:
    return f"{group.count:,}" if group.part is None else f"{group.part:,} / {group.count:,}"


def _legend(breakdown: ShownBreakdown) -> str:
    """Return what the two colors mean, if there are two."""
    if breakdown.groups[0].part is None:
        return ""
    return (
        _box(_LABEL, 3, 10, 10, _PART)
        + f'<text x="{_LABEL + 15}" y="12" font-size="11" fill="{_QUIET}">{escape(breakdown.headings[2])}</text>'
    )


def _fitting(text: str, room: float, size: float) -> str:
    """Return a text that fits into a width; a longer one ends with an ellipsis."""
    used = 0.0
    for i, character in enumerate(text):
        used += size * (1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58)
        if used > room:
            return f"{text[: max(i - 1, 1)].rstrip()}…"
    return text
