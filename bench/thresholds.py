"""A gate from a run: ``python -m bench.thresholds RESULTS.json`` prints the thresholds that this run just holds.

Each is the worse of the parts, less a margin for honest trades between figures (a repeated run differs by nothing).
Exactness has no margin. Write it over ``eval/gate.toml`` only after a change that was meant.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.summary import LOWER_IS_BETTER, TITLES
from rag.schema import Json

MARGIN = 0.02
HARD = frozenset({"exactness"})
# Quotes that mislead are so rare that a margin like the others' would let all of them through.
NARROW = {"misleading": 0.003}
# Not gated: how often the guard stops these questions is neither good nor bad, and k = 1 follows from MRR.
LEFT_OUT = frozenset({"stopped", "recall_at_1"})
GUARD = ("sensitivity_emergency", "sensitivity_urgent", "specificity")


def main() -> None:
    """Reads the arguments and prints a gate file."""
    parser = argparse.ArgumentParser(prog="python -m bench.thresholds", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("results", type=Path, help="results of: citeback eval --part all --out FILE")
    sys.stdout.write(gate_text(json.loads(parser.parse_args().results.read_text("utf-8"))))


def gate_text(results: Json) -> str:
    """The thresholds as TOML."""
    parts = [part["figures"] for part in results["parts"].values()]
    lines = ["[cases]", *_lines((name for name in TITLES if name not in LEFT_OUT), parts)]
    if results["guard"]:
        lines += ["", "[guard]", *_lines(GUARD, [results["guard"]])]
    head = "# What a change must keep, on every part (see gate.py). Made from a run by: python -m bench.thresholds\n\n"
    return head + "\n".join(lines) + "\n"


def _lines(names: Iterable[str], places: list[Json]) -> Iterator[str]:
    for name in names:
        values = [figures[name]["value"] for figures in places if figures[name]["value"] is not None]
        if values:
            margin = 0.0 if name in HARD else NARROW.get(name, MARGIN)
            high = name in LOWER_IS_BETTER
            bound = max(values) + margin if high else max(0.0, min(values) - margin)
            yield f"{name} = {{ {'max' if high else 'min'} = {bound:.3f} }}"


if __name__ == "__main__":
    main()
