"""One answer against its case: every measure of it, as one flat record.

Rules that hold for all of them: a quote that does not stand in its article is never right and covers nothing; the same
place cited twice counts once; a question that was answered is one whose outcome is ``answered``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.cases import Case
from eval.library import Library
from eval.metrics import citations as measure
from eval.metrics.misleading import Misled, misleading
from eval.metrics.retrieval import Ranking, rankings, ranks, within_budget
from eval.spans import Span
from rag.schema import Answer, Citation, Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """The measures of one question. None: the measure says nothing about it.

    Measures of what was cited (``precision`` … ``iou``) exist for answerable questions that were answered; ``recall``,
    ``f1`` and ``char_f1`` for every answerable one, 0 if it was declined; those of retrieval for every answerable one
    that the guard did not stop.
    """

    id: str
    kind: str
    answerable: bool
    outcome: Outcome
    confidence: float
    cited: int
    exact: int
    misleading: int
    precision: float | None
    recall: float | None
    f1: float | None
    char_f1: float | None
    first_right: float | None
    tightness: float | None
    gold_covered: float | None
    iou: float | None
    recall_at_1: float | None
    recall_at_5: float | None
    recall_at_10: float | None
    reciprocal_rank: float | None
    ndcg_at_10: float | None
    within_budget: float | None

    @property
    def answered(self) -> bool:
        """Whether the system gave an answer."""
        return self.outcome is Outcome.ANSWERED

    @property
    def loss(self) -> float:
        """1 if an answer given is wrong where a reader looks first: its first citation, or that it exists at all."""
        return 1.0 if self.answered and not self.first_right else 0.0


def score_all(cases: Iterable[Case], answers: Mapping[str, Answer], library: Library) -> tuple[Score, ...]:
    """A record for each case, in order."""
    asked = tuple(cases)
    ranked = rankings({case.id: _ranks(case, answers[case.id]) for case in asked if _is_ranked(case, answers[case.id])})
    return tuple(score(case, answers[case.id], library, ranked.get(case.id)) for case in asked)


def score(case: Case, answer: Answer, library: Library, ranking: Ranking | None = None) -> Score:
    """The record of one answer; ``ranking`` holds what is measured for all questions at once."""
    given = cited(answer)
    exact = [measure.is_exact(one, library.find) for one in given]
    return Score(
        id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        outcome=answer.outcome,
        confidence=answer.confidence,
        cited=len(given),
        exact=sum(exact),
        misleading=len({one.quote for one in misled(answer, library)}),
        **_citation_measures(case, answer, given, exact),
        **_retrieval_measures(case, answer, ranking),
    )


def cited(answer: Answer) -> tuple[Citation, ...]:
    """Every citation of an answer once, in order; none unless the question was answered."""
    if answer.outcome is not Outcome.ANSWERED:
        return ()
    found: dict[tuple[Span, str], Citation] = {}
    for statement in answer.statements:
        for one in statement.citations:
            found.setdefault((span_of(one), one.quote), one)
    return tuple(found.values())


def misled(answer: Answer, library: Library) -> tuple[Misled, ...]:
    """The quotes of an answer that stand there and still mislead."""
    good = [span_of(one) for one in cited(answer) if measure.is_exact(one, library.find)]
    return misleading(good, library)


def span_of(citation: Citation) -> Span:
    """Where a citation says it stands."""
    return Span(citation.article_id, citation.start, citation.end)


def _citation_measures(
    case: Case, answer: Answer, given: tuple[Citation, ...], exact: list[bool]
) -> dict[str, float | None]:
    names = ("precision", "recall", "f1", "char_f1", "first_right", "tightness", "gold_covered", "iou")
    if not case.answerable:
        return dict.fromkeys(names)
    if answer.outcome is not Outcome.ANSWERED:
        return dict.fromkeys(names) | {"recall": 0.0, "f1": 0.0, "char_f1": 0.0}
    facts = [[gold.span for gold in fact] for fact in case.facts]
    good = [span_of(one) for one, stands in zip(given, exact, strict=True) if stands]
    right = [stands and measure.is_right(span_of(one), case.accepted) for one, stands in zip(given, exact, strict=True)]
    lost = sum(len(one.quote) for one, stands in zip(given, exact, strict=True) if not stands)
    precision, recall = measure.precision(right) or 0.0, measure.recall(good, facts)
    tight = measure.tightness(good, case.accepted, lost) or 0.0
    values = (
        *(precision, recall, measure.f1(precision, recall), measure.f1(tight, recall)),
        *(float(right[0]) if right else 0.0, tight, measure.gold_covered(good, facts), measure.iou(good, facts)),
    )
    return dict(zip(names, values, strict=True))


def _is_ranked(case: Case, answer: Answer) -> bool:
    return case.answerable and answer.outcome is not Outcome.RED_FLAG


def _retrieved(answer: Answer) -> list[Span]:
    return [Span(one.article_id, one.start, one.end) for one in answer.retrieved]


def _ranks(case: Case, answer: Answer) -> list[int | None]:
    return ranks(_retrieved(answer), [[gold.span for gold in fact] for fact in case.facts])


def _retrieval_measures(case: Case, answer: Answer, ranking: Ranking | None) -> dict[str, float | None]:
    names = ("recall_at_1", "recall_at_5", "recall_at_10", "reciprocal_rank", "ndcg_at_10")
    facts = [[gold.span for gold in fact] for fact in case.facts]
    within = within_budget(_retrieved(answer), facts) if _is_ranked(case, answer) else None
    return {name: getattr(ranking, name) if ranking else None for name in names} | {"within_budget": within}
