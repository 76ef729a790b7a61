"""How well the whole product answers over the held-out documents, and over articles of one's own.

    python -m training.trial --data DIR [--limit 130] [--index INDEX --cases CASES.jsonl]

Each set becomes articles on disk, is ingested and asked as a user would; the figures are those of ``citeback eval``.
With ``--cases`` (lines as ``eval`` reads them, over the index given) only these are asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from eval.cases import Case, Gold, load_cases
from eval.library import Library
from eval.metrics.intervals import Estimate
from eval.score import Score, score_all
from eval.spans import Span
from eval.summary import TITLES, summary
from rag.encoder import open_encoder
from rag.guard import Guard
from rag.index import Index
from rag.pipeline import Pipeline, open_asking, open_reader
from rag.settings import Settings
from training.sets import Question, every

SHOWN = ("first_right", "recall", "char_f1", "answered", "declined", "utility", "auroc")


def main() -> None:
    """Prints the figures of each set."""
    parser = argparse.ArgumentParser(prog="python -m training.trial", description="Tries the product on held-out sets.")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--limit", type=int, default=130, help="most answerable and most other questions of a set")
    parser.add_argument("--index", type=Path)
    parser.add_argument("--cases", type=Path)
    given = parser.parse_args()
    if not given.data and not (given.cases and given.index):
        parser.error("give --data, or --cases with the --index they are asked over")
    if given.cases:
        index = Index.open(given.index)
        sys.stdout.write(figures(given.cases.stem, scored(load_cases(given.cases, index.article), index)))
        return
    for name, libraries in groupby(every(given.data, given.limit), key=lambda one: one.name):
        scores: list[Score] = []
        for one in libraries:
            with tempfile.TemporaryDirectory() as temporary:
                index = one.indexed(Path(temporary) / "set")
                asked = [case(number, question, index) for number, question in enumerate(one.questions)]
                scores += scored(asked, index)
        sys.stdout.write(figures(name, scores))


def scored(cases: Sequence[Case], index: Index) -> tuple[Score, ...]:
    """Every question answered with the shipped settings."""
    encoder = open_encoder()
    pipeline = Pipeline(index, encoder, Settings(), Guard.load(), open_reader(), open_asking(encoder))
    return score_all(cases, {one.id: pipeline.answer(one.question) for one in cases}, Library.of(index))


def figures(name: str, scores: Sequence[Score]) -> str:
    """The figures of one set, a line each."""
    estimates = summary(scores, SHOWN)
    return "".join(f"{name}: {TITLES[key]} {_said(estimates[key])}\n" for key in SHOWN)


def _said(one: Estimate) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "–"
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] n={one.n}"


def case(number: int, question: Question, index: Index) -> Case:
    """A question as the evaluation knows it."""

    def gold(place: Span) -> Gold:
        article = index.article(place.article_id)
        return Gold(article.text[place.start : place.end] if article else "", place)

    facts = tuple(tuple(gold(place) for place in fact) for fact in question.facts)
    also = tuple(gold(place) for place in question.also)
    return Case(f"q{number}", question.text, question.kind, bool(facts), facts, also, "")


if __name__ == "__main__":
    main()
