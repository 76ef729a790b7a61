"""Results as plain text for a terminal: one row a figure, one column a part; and a comparison likewise."""

from __future__ import annotations

from collections.abc import Sequence

from eval.compare import Comparison
from eval.metrics.intervals import Estimate
from eval.results import Results
from eval.summary import TITLES

_LISTED = 40


def to_text(results: Results) -> str:
    """The figures of every part with their intervals, each kind of question, the guard, and how long it took."""
    titles = [(TITLES[name], name) for name in TITLES]
    rows = [["", *(f"{part.name} ({len(part.scores)} questions)" for part in results.parts)]]
    rows += [[title, *(figure_text(part.figures[name]) for part in results.parts)] for title, name in titles]
    blocks = [aligned(rows), *(_kinds(results, number) for number in range(len(results.parts)))]
    if results.guard:
        blocks.append(aligned([["guard", ""], *([name, figure_text(one)] for name, one in results.guard.items())]))
    return "\n\n".join([*blocks, _timing(results)])


def comparison_text(comparison: Comparison, *, listed: bool) -> str:
    """Differences that are not nought, and the questions that changed unless they are not to be looked at."""
    rows = [
        [TITLES[name], _difference(one)] for name, one in comparison.differences.items() if one.value not in (None, 0)
    ]
    head = f"{comparison.name}: {len(comparison.changed)} of {comparison.questions} questions changed"
    lines = [head, aligned(rows)] if rows else [head]
    if listed:
        shown = comparison.changed[:_LISTED]
        lines += [
            f"  {one.id} ({one.kind}): F1 {_number(one.before)} → {_number(one.after)} [{', '.join(one.what)}]"
            for one in shown
        ]
        if len(comparison.changed) > len(shown):
            lines.append(f"  … and {len(comparison.changed) - len(shown)} more")
    return "\n".join(lines)


def figure_text(one: Estimate, decimals: int = 3) -> str:
    """A figure, its interval and what it rests on: ``0.812 [0.770, 0.851] n=240``; a dash where there is none."""
    if one.value is None:
        return "–"
    interval = "" if one.low is None or one.high is None else f" [{one.low:.{decimals}f}, {one.high:.{decimals}f}]"
    return f"{one.value:.{decimals}f}{interval} n={one.n}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text in columns."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _kinds(results: Results, number: int) -> str:
    part = results.parts[number]
    names = ("answered", "declined", "f1", "first_right", "recall_at_10")
    rows = [[f"{part.name}, by kind", "n", *(TITLES[name] for name in names)]]
    for kind, figures in part.by_kind.items():
        asked = str(sum(one.kind == kind for one in part.scores))
        rows.append([kind, asked, *(_number(figures[name].value) for name in names)])
    return aligned(rows)


def _timing(results: Results) -> str:
    times = results.timings
    if times.p50 is None or times.p95 is None:
        return "answers from a file: nothing was timed"
    return (
        f"a question took {1000 * times.p50:.0f} ms (p50), {1000 * times.p95:.0f} ms (p95); {times.total:.1f} s in all"
    )


def _difference(one: Estimate) -> str:
    interval = "" if one.low is None or one.high is None else f" [{one.low:+.3f}, {one.high:+.3f}]"
    beyond = one.low is not None and one.high is not None and (one.low > 0 or one.high < 0)
    return f"{one.value:+.3f}{interval}{' *' if beyond else ''}" if one.value is not None else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
