"""A gate from a run: ``python -m bench.thresholds RESULTS.json`` prints the thresholds that this run just holds.

Each is what was measured, less a margin for honest trades between figures (a repeated run differs by nothing).
Exactness has no margin and holds for any cases. Write it over ``eval/gate.toml`` only after a change that was meant.
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
# Quotes that mislead are so rare that a margin like the others' would let all of them through.
NARROW = {"misleading": 0.003}
# Not gated here: exactness has its own line, recall@1 follows from MRR, and stopping is neither good nor bad by itself.
LEFT_OUT = frozenset({"exactness", "stopped", "recall_at_1"})
LOWER = LOWER_IS_BETTER | {"called_urgent"}
GUARD = ("emergencies", "stops", "silent", "cauda_equina", "called_urgent")


def main() -> None:
    """Reads the arguments and prints a gate file."""
    parser = argparse.ArgumentParser(prog="python -m bench.thresholds", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("results", type=Path, help="results of: citeback eval --part all --out FILE")
    sys.stdout.write(gate_text(json.loads(parser.parse_args().results.read_text("utf-8"))))


def gate_text(results: Json) -> str:
    """The thresholds as TOML."""
    lines = ["[cases]", "exactness = { min = 1.0 }"]
    for name, part in results["parts"].items():
        lines += ["", f"[{name}]", *_lines((one for one in TITLES if one not in LEFT_OUT), part["figures"])]
    if results["guard"]:
        lines += ["", "[guard]", *_lines(GUARD, results["guard"])]
    head = "# What a change must keep (see gate.py). Made from a run by: python -m bench.thresholds\n\n"
    return head + "\n".join(lines) + "\n"


def _lines(names: Iterable[str], figures: Json) -> Iterator[str]:
    for name in names:
        value = figures[name]["value"]
        if value is not None:
            margin = NARROW.get(name, MARGIN)
            bound = f"max = {value + margin:.3f}" if name in LOWER else f"min = {max(0, value - margin):.3f}"
            yield f"{name} = {{ {bound} }}"


if __name__ == "__main__":
    main()
