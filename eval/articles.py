"""The same run seen from the articles: where citations went, which facts were found, what was never quoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case
from eval.library import Library, place
from eval.metrics.citations import is_exact, is_right
from eval.metrics.intervals import Estimate, proportion
from eval.score import Score, cited, span_of
from eval.spans import shares_half
from rag.schema import Answer, Passage

FAILING_F1 = 0.5


@dataclass(frozen=True, slots=True)
class Coverage:
    """What to write or label next.

    ``uncited``: passages of which no answer quotes a sentence. ``unlabelled``: those that no case holds as gold either.
    ``failing``: ids of questions that went wrong, the worst first.
    """

    uncited: tuple[Passage, ...]
    unlabelled: tuple[Passage, ...]
    failing: tuple[str, ...]


def by_article(
    cases: Sequence[Case], answers: Mapping[str, Answer], library: Library
) -> dict[str, dict[str, Estimate]]:
    """For each article: ``right``, the share of citations to it that are right; ``found``, the share of facts it states
    that were cited, here or elsewhere.
    """
    to, right, stated, found = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for case in cases:
        given = cited(answers[case.id])
        to.update(one.article_id for one in given)
        spans = [span_of(one) for one in given if is_exact(one, library.find)]
        right.update(span.article_id for span in spans if is_right(span, case.accepted))
        for fact in case.facts:
            places = [gold.span for gold in fact]
            hit = any(is_right(span, places) for span in spans)
            for article_id in {span.article_id for span in places}:
                stated[article_id] += 1
                found[article_id] += hit
    return {
        article_id: {
            "right": proportion(right[article_id], to[article_id]),
            "found": proportion(found[article_id], stated[article_id]),
        }
        for article_id in sorted(library.articles)
    }


def coverage(
    cases: Iterable[Case], answers: Mapping[str, Answer], scores: Iterable[Score], library: Library
) -> Coverage:
    """Passages that no answer quotes, and questions that fail."""
    cited_spans = [span_of(one) for answer in answers.values() for one in cited(answer)]
    gold = [span for case in cases for span in case.gold]
    uncited = [one for one in library.passages if not any(shares_half(place(one), span) for span in cited_spans)]
    unlabelled = [one for one in uncited if not any(shares_half(place(one), span) for span in gold)]
    wrong = [one for one in scores if is_failing(one)]
    worst = sorted(wrong, key=lambda one: (one.f1 or 0.0, -one.confidence, one.id))
    return Coverage(tuple(uncited), tuple(unlabelled), tuple(one.id for one in worst))


def is_failing(score: Score) -> bool:
    """Whether a question went wrong: an unanswerable one answered, or an answerable one with F1 below one half."""
    return score.answered if not score.answerable else (score.f1 or 0.0) < FAILING_F1
