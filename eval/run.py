"""Cases through a pipeline to results. Asks, scores and sums up; prints nothing and judges nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from eval.articles import by_article
from eval.cases import Case
from eval.library import Library
from eval.metrics.declining import Point, risk_coverage
from eval.provenance import revision, versions
from eval.results import Figures, Header, Part, Results, Timings
from eval.score import Score, score_all
from eval.summary import by_kind, summary
from rag.schema import Answer

Progress = Callable[[str, int, int], None]

# What is worth reading of one kind of question, where there are few.
KIND_FIGURES = ("answered", "declined", "precision", "recall", "f1", "first_right", "recall_at_10", "misleading")


class Answering(Protocol):
    """Whatever answers a question: the pipeline, or something broken on purpose."""

    def answer(self, question: str) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A set of cases, the file they stand in, and whether its questions may be looked at one by one."""

    name: str
    file: Path
    cases: tuple[Case, ...]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers by case id, and how many seconds each took (none where they came from a file)."""

    answers: Mapping[str, Answer]
    seconds: tuple[float, ...] = ()
    total: float = field(default=0.0)


def ask(sets: Sequence[CaseSet], system: Answering, progress: Progress = lambda *_: None) -> Asked:
    """Every case asked once, in order."""
    cases = [case for one in sets for case in one.cases]
    answers: dict[str, Answer] = {}
    seconds: list[float] = []
    for count, case in enumerate(cases, start=1):
        start = time.perf_counter()
        answers[case.id] = system.answer(case.question)
        seconds.append(time.perf_counter() - start)
        progress("asking", count, len(cases))
    return Asked(answers, tuple(seconds), sum(seconds))


def results(sets: Sequence[CaseSet], asked: Asked, library: Library, guard: Figures | None = None) -> Results:
    """What the answers are worth."""
    parts = tuple(part(one, asked.answers, library) for one in sets)
    return Results(_header(sets, asked.answers), parts, guard or {}, _timings(asked))


def part(one: CaseSet, answers: Mapping[str, Answer], library: Library) -> Part:
    """The figures of one set of cases."""
    scores = score_all(one.cases, answers, library)
    return Part(
        name=one.name,
        figures=summary(scores),
        by_kind=by_kind(scores, KIND_FIGURES),
        by_article=by_article(one.cases, answers, library),
        curve=_curve(scores),
        scores=scores,
        answers={case.id: answers[case.id] for case in one.cases} if one.is_open else {},
    )


def _curve(scores: Iterable[Score]) -> tuple[Point, ...]:
    rows = [(one.confidence, one.loss, one.answered) for one in scores]
    confidence, loss, answered = (np.array(column) for column in zip(*rows, strict=True))
    return risk_coverage(confidence, loss, answered.astype(bool))


def _header(sets: Sequence[CaseSet], answers: Mapping[str, Answer]) -> Header:
    first = next(iter(answers.values()))
    hashes = {one.name: hashlib.sha256(one.file.read_bytes()).hexdigest()[:16] for one in sets}
    return Header(revision(), first.index_id, first.settings_digest, first.engine, versions(), hashes)


def _timings(asked: Asked) -> Timings:
    if not asked.seconds:
        return Timings(None, None, asked.total)
    p50, p95 = np.percentile(asked.seconds, (50, 95))
    return Timings(float(p50), float(p95), asked.total)
