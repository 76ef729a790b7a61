"""Whether a run may pass: every threshold of a TOML file, checked on every part.

The table ``cases`` holds for every part, ``dev`` and ``test`` for the shipped part of that name, ``guard`` for the
guard; each line names a figure and its ``min`` or ``max``:

    [cases]
    exactness = { min = 1.0 }
    misleading = { max = 0.02 }
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.cases import PARTS
from eval.results import Figures, Results
from rag.errors import GateFailed, InputRefused

TABLES = ("cases", *PARTS, "guard")
SHIPPED = Path(__file__).parent / "gate.toml"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure and the bounds it must keep."""

    table: str
    name: str
    low: float = float("-inf")
    high: float = float("inf")


def load_thresholds(file: Path = SHIPPED, *, with_guard: bool = True) -> tuple[Threshold, ...]:
    """The thresholds of a file; those for the guard are left out where only answers are judged.

    Raises:
        InputRefused: the file is not of the form above.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefused(f"{file}: no thresholds can be read ({error})") from error
    if not tables or set(tables) - set(TABLES):
        raise InputRefused(f"{file}: tables are {', '.join(TABLES)}, not {', '.join(sorted(tables)) or 'none'}")
    return tuple(
        _threshold(file, table, name, bounds)
        for table, rows in tables.items()
        for name, bounds in rows.items()
        if with_guard or table != "guard"
    )


def fallen(results: Results, thresholds: Iterable[Threshold]) -> list[str]:
    """What does not hold, a line each. A figure that is missing does not hold: silence is no pass."""
    lines: list[str] = []
    for threshold in thresholds:
        for place, figures in _places(results, threshold.table).items():
            lines += _problem(threshold, place, figures)
    return lines


def check(results: Results, thresholds: Iterable[Threshold]) -> None:
    """Passes, or says what fell.

    Raises:
        GateFailed: a threshold does not hold.
    """
    if lines := fallen(results, thresholds):
        raise GateFailed(f"the gate does not hold: {'; '.join(lines)}")


def _places(results: Results, table: str) -> Mapping[str, Figures]:
    """The figures a table speaks of; a part that was not run is not judged."""
    if table == "guard":
        return {"guard": results.guard}
    return {part.name: part.figures for part in results.parts if table in ("cases", part.name)}


def _problem(threshold: Threshold, place: str, figures: Figures) -> list[str]:
    figure = figures.get(threshold.name)
    if figure is None or figure.value is None:
        return [f"{place}: {threshold.name} was not measured"]
    if figure.value < threshold.low - 1e-9:
        return [f"{place}: {threshold.name} {figure.value:.3f} < {threshold.low:.3f} (n={figure.n})"]
    if figure.value > threshold.high + 1e-9:
        return [f"{place}: {threshold.name} {figure.value:.3f} > {threshold.high:.3f} (n={figure.n})"]
    return []


def _threshold(file: Path, table: str, name: str, bounds: object) -> Threshold:
    if not isinstance(bounds, dict) or not bounds or set(bounds) - {"min", "max"}:
        raise InputRefused(f"{file}: {table}.{name} = {bounds!r}; write {{ min = … }} or {{ max = … }}")
    try:
        return Threshold(table, name, float(bounds.get("min", "-inf")), float(bounds.get("max", "inf")))
    except (TypeError, ValueError) as error:
        raise InputRefused(f"{file}: {table}.{name} = {bounds!r} is no number") from error
