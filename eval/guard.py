"""Prints what the shipped guard makes of banks of labelled messages, in totals only: ``python -m eval.guard FILE…``.

Never a message: a bank that nobody who writes rules may read can be scored without being read.
"""

from __future__ import annotations

import sys
from pathlib import Path

from eval.guard_bank import load_bank
from eval.metrics.guard import guard_figures, judged
from eval.metrics.intervals import Estimate
from rag.errors import CitebackError
from rag.guard import Guard


def main() -> int:
    """The figures of each bank named on the command line; 2 if one cannot be used."""
    guard = Guard.load()
    try:
        for path in map(Path, sys.argv[1:]):
            given = judged(load_bank(path), lambda text, turns: guard.read(text, turns).level)
            sys.stdout.write(f"{path.name}: {len(given):,} messages\n")
            sys.stdout.writelines(_line(name, figure) for name, figure in guard_figures(given).items())
    except CitebackError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _line(name: str, figure: Estimate) -> str:
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    return f"  {name:28} {figure.value:6.1%}  ({figure.low:.1%} to {figure.high:.1%})  n {figure.n}\n"


if __name__ == "__main__":
    sys.exit(main())
