"""Prints what the shipped guard makes of banks of labelled messages, in totals only: ``python -m eval.guard FILE…``.

With ``--rules`` the rules alone, without the listener. Never a message: a bank that nobody who writes rules may read
can be scored without being read.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from eval.guard_bank import load_bank
from eval.metrics.guard import guard_figures, judged
from eval.metrics.intervals import Estimate
from rag.errors import CitebackError
from rag.guard import Guard


def main() -> int:
    """The figures of each bank named on the command line; 2 if one cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m eval.guard", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("banks", type=Path, nargs="+")
    parser.add_argument("--rules", action="store_true", help="without the listener")
    given = parser.parse_args()
    guard = Guard.load()
    if given.rules:
        guard = replace(guard, listener=None)
    try:
        for path in given.banks:
            found = judged(load_bank(path), lambda text, turns: guard.read(text, turns).level)
            sys.stdout.write(f"{path.name}: {len(found):,} messages\n")
            sys.stdout.writelines(_line(name, figure) for name, figure in guard_figures(found).items())
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
