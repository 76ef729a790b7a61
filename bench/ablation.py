"""What each part of answering adds: the shipped questions with one part switched off at a time.

Run: python -m bench.ablation [--index DIR] [--part dev|test]

Parts are switched off from outside, so that the product itself carries no switch for it. Only the answers change; the
index stays the same.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from bench.__main__ import table
from eval.command import case_sets
from eval.library import Library
from eval.run import ask
from rag.candidates import READ
from rag.pipeline import Pipeline
from rag.settings import Settings

Change = Callable[[Pipeline], Pipeline]


def main() -> None:
    """Prints a table: a row for the whole, and one for each part left out."""
    parser = argparse.ArgumentParser(prog="python -m bench.ablation", description=__doc__)
    parser.add_argument("--index", help="the index folder [.citeback]")
    parser.add_argument("--part", default="dev", choices=("dev", "test"), help="which questions [dev]")
    arguments = parser.parse_args()
    pipeline = Pipeline.open(Settings.load({"index": arguments.index}))
    library = Library.of(pipeline.index)
    (cases,) = case_sets(None, arguments.part, library)
    rows = {}
    for name, target, value in PARTS:
        with _without(target, value):
            rows[name] = ask((cases,), pipeline).answers
    rows["questions encoded as articles are"] = ask((cases,), replace(pipeline, asking=None)).answers
    rows["without the reader"] = ask((cases,), replace(pipeline, reader=None)).answers
    sys.stdout.write(table(cases, rows, library) + "\n")


# A row's name, the attribute that is replaced, and by what; the first row replaces nothing.
PARTS: tuple[tuple[str, str, object], ...] = (
    ("everything", "", None),
    ("without passages by meaning", "rag.retrieve._by_passage", lambda *_: []),
    ("without passages by their best sentence", "rag.retrieve._by_sentence", lambda *_: []),
    ("without words (BM25)", "rag.retrieve._by_words", lambda *_: []),
    ("without spelling repair", "rag.retrieve.repairs", lambda *_: ()),
    ("every passage read whole", "rag.reading.WHOLE", READ),
    ("the best sentence only", "rag.extract.CUT_OFF", 2.0),
    ("sides of a comparison not heard", "rag.extract.sides", lambda _: None),
    ("a question's parts not read by themselves", "rag.pipeline.parts", lambda *_: ()),
    ("when to get help asked in its own words only", "rag.pipeline.completed", lambda question: question),
    ("repeats kept", "rag.extract._SHARED", 2.0),
)


@contextmanager
def _without(target: str, value: object) -> Iterator[None]:
    if not target:
        yield
        return
    with patch(target, value):
        yield


if __name__ == "__main__":
    main()
