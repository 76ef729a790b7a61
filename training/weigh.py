"""Fits the two logistic lines of ``rag/weigh.py`` and prints them as the constants to put there.

    python -m training.weigh [INDEX]

Uses the part of the shipped questions that is there to be looked at (``eval/data/dev.jsonl``) over an index of the
shipped articles. A sentence answers if it may be cited; a question is covered if it is answerable. The regularisation is the
library's default; nothing else is chosen here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.cases import Case, load_cases, shipped
from eval.spans import Span, shares_half
from rag.candidates import Candidate, Features, candidates, offered
from rag.encoder import open_encoder
from rag.index import Index
from rag.reader import Reader, load_reader
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.weigh import Line, summit


@dataclass(frozen=True, slots=True)
class Seen:
    """A question's case and every candidate for it."""

    case: Case
    candidates: tuple[Candidate, ...]


def main() -> None:
    """Prints the lines, with the reader and without."""
    settings = Settings(index=sys.argv[1]) if len(sys.argv) > 1 else Settings()
    index = Index.open(Path(settings.index))
    cases = load_cases(shipped("dev"), index.article)
    for suffix, reader in (("", load_reader()), ("_UNREAD", None)):
        seen = _seen(cases, index, settings, reader)
        answers = _fitted([(one.features, _answers(one, case.case)) for case in seen for one in case.candidates])
        covered = _fitted([(summit(one.candidates, answers), one.case.answerable) for one in seen if one.candidates])
        for name, line in (("ANSWERS", answers), ("COVERED", covered)):
            values = ", ".join(f"{value:.3f}" for value in astuple(line))
            sys.stdout.write(f"{name}{suffix} = Line({values})\n")


def _seen(cases: Sequence[Case], index: Index, settings: Settings, reader: Reader | None) -> list[Seen]:
    encoder = open_encoder(settings.encoder)
    found: list[Seen] = []
    for case in cases:
        evidence = retrieve(case.question, index, encoder, settings.k)
        near = offered(evidence, index)
        found.append(Seen(case, tuple(candidates(evidence, index, near, reader))))
    return found


def _answers(candidate: Candidate, case: Case) -> bool:
    sentence = candidate.sentence
    place = Span(sentence.article_id, sentence.start, sentence.end)
    return any(shares_half(place, gold) for gold in case.accepted)


def _fitted(rows: Sequence[tuple[Features, bool]]) -> Line:
    values = np.array([[value or 0.0 for value in astuple(features)] for features, _ in rows])
    model = LogisticRegression(max_iter=1000).fit(values, [label for _, label in rows])
    return Line(float(model.intercept_[0]), *(float(weight) for weight in model.coef_[0]))


if __name__ == "__main__":
    main()
