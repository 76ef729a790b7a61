"""What ``citeback eval`` does: picks cases, asks or reads answers, scores, and writes what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.answers import load_answers
from eval.cases import PARTS, load_cases, shipped
from eval.compare import Comparison, compare
from eval.guard_bank import load_bank
from eval.library import Library
from eval.metrics.guard import guard_figures, judged
from eval.results import Figures, Results, load_scores
from eval.run import Asked, CaseSet, Progress, ask, results
from rag.errors import InputRefused
from rag.guard import Guard
from rag.index import Index
from rag.pipeline import Pipeline
from rag.settings import Settings

ALL = "all"
# The shipped part whose questions are not to be looked at one by one: only the gate reads it.
CLOSED = "test"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished run with all that is needed to report on it."""

    sets: tuple[CaseSet, ...]
    asked: Asked
    library: Library
    results: Results


def evaluate(
    settings: Settings,
    file: Path | None = None,
    part: str | None = None,
    answers: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Evaluation:
    """Runs the cases of a file, or of a part of the shipped set, over the index of the settings.

    Raises:
        InputRefused: cases or answers cannot be used.
        IndexUnavailable: there is no index.
    """
    if answers is not None:
        library = Library.of(Index.open(Path(settings.index)))
        sets = case_sets(file, part, library)
        asked = Asked(load_answers(answers, (case.id for one in sets for case in one.cases)))
        guard: Figures = {}
    else:
        pipeline = Pipeline.open(settings)
        library = Library.of(pipeline.index)
        sets = case_sets(file, part, library)
        asked = ask(sets, pipeline, progress)
        guard = guard_of(pipeline.guard)
    return Evaluation(sets, asked, library, results(sets, asked, library, guard))


def guard_of(guard: Guard, bank: Path | None = None) -> Figures:
    """The figures of a guard over a bank, the shipped one by default."""
    messages = load_bank(bank or shipped("guard/validation"))
    return guard_figures(judged(messages, lambda text, turns: guard.read(text, turns).level))


def case_sets(file: Path | None, part: str | None, library: Library) -> tuple[CaseSet, ...]:
    """The cases to run: a file of one's own, or the shipped parts.

    Raises:
        InputRefused: both a file and a part are given, the part is unknown, or the cases do not fit the articles.
    """
    if file is not None:
        if part is not None:
            raise InputRefused("--part chooses among the shipped cases; give CASES or --part, not both")
        return (CaseSet(file.stem, file, load_cases(file, library.find)),)
    if part not in (None, ALL, *PARTS):
        raise InputRefused(f"--part {part}: unknown; use {', '.join(PARTS)} or {ALL}")
    chosen = PARTS if part == ALL else (part or PARTS[0],)
    files = [(name, shipped(name)) for name in chosen]
    return tuple(CaseSet(name, one, load_cases(one, library.find), name != CLOSED) for name, one in files)


def comparisons(new: Results, baseline: Path) -> Sequence[Comparison]:
    """Every part that both runs have, compared.

    Raises:
        InputRefused: the baseline is no results file, or has none of the parts.
    """
    old = load_scores(baseline)
    both = [part for part in new.parts if part.name in old]
    if not both:
        raise InputRefused(f"{baseline}: holds {', '.join(old)}, not {', '.join(one.name for one in new.parts)}")
    return [compare(part.name, part.scores, old[part.name]) for part in both]
