"""Small plots as inline SVG: coloured by the page's style sheet, readable by a screen reader, nothing to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from eval.metrics.declining import Point
from eval.metrics.intervals import Estimate

_WIDTH, _HEIGHT = 400, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 12, 38
# A step curve of hundreds of answers is drawn with at most this many points.
_MOST_POINTS = 200


def interval(figure: Estimate, series: int = 0) -> Markup:
    """A figure between 0 and 1 as a dot on its 95 % interval; as wide as its place, whatever that is."""
    if figure.value is None:
        return Markup('<svg class="interval" role="img" aria-label="no value"></svg>')
    low, high = (figure.value if bound is None else bound for bound in (figure.low, figure.high))
    label = f"{figure.value:.2f}, 95 % interval {low:.2f} to {high:.2f}"
    return Markup(
        f'<svg class="interval s{series}" role="img" aria-label="{label}">'
        '<line class="track" x1="1%" x2="99%" y1="9" y2="9"/>'
        f'<line class="range" x1="{_percent(low)}" x2="{_percent(high)}" y1="9" y2="9"/>'
        f'<circle cx="{_percent(figure.value)}" cy="9" r="4.5"/></svg>'
    )


def risk_coverage(curves: Mapping[str, Sequence[Point]]) -> Markup:
    """Risk (share of wrong answers) against coverage (share of questions answered), a line for each part."""
    lines = [_line(points, number) for number, points in enumerate(curves.values())]
    names = ", ".join(curves)
    return Markup(
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="risk against coverage for {escape(names)}">{_axes()}{"".join(lines)}</svg>'
    )


def _line(points: Sequence[Point], number: int) -> str:
    step = max(1, -(-len(points) // _MOST_POINTS))
    kept = [*points[::step], *points[-1:]]
    path = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk):.1f}" for point in kept)
    if not kept:
        return ""
    end = f'<circle class="end" cx="{_x(kept[-1].coverage):.1f}" cy="{_y(kept[-1].risk):.1f}" r="4"/>'
    return f'<g class="s{number}"><polyline points="{path}"/>{end}</g>'


def _axes() -> str:
    parts: list[str] = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(tick)}" y2="{_y(tick)}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>')
        parts.append(f'<text x="{_x(tick)}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{tick:g}</text>')
    below = f'<text x="{_x(0.5)}" y="{_HEIGHT - 4}" text-anchor="middle">'
    parts.append(f"{below}coverage: share of questions answered</text>")
    parts.append(f'<text x="{_LEFT + 6}" y="{_TOP + 12}">risk: share of these that are wrong</text>')
    return "".join(parts)


def _x(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)


def _percent(value: float) -> str:
    """A place on the track, which has a margin so that dots at 0 and 1 are whole."""
    return f"{3 + 94 * min(1.0, max(0.0, value)):.2f}%"
