"""What every baseline shares: places and a confidence become an answer of the command-line contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from eval.library import Library
from eval.spans import Span
from rag.schema import Answer, Citation, Outcome, Retrieved, Statement
from rag.verify import spoken


class System(Protocol):
    """Something that answers questions from articles."""

    def answer(self, question: str) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place a baseline found, and how well it matched: higher is better."""

    span: Span
    score: float


@dataclass(frozen=True)
class Quoting:
    """Turns hits into answers that quote the first few of them, whole."""

    library: Library
    engine: str
    quotes: int

    def answer(self, question: str, hits: Sequence[Hit], confidence: float) -> Answer:
        """An answer that quotes the best hits; one without hits abstains."""
        citations = [self._citation(hit.span) for hit in hits[: self.quotes]]
        return Answer(
            question=question,
            outcome=Outcome.ANSWERED if citations else Outcome.ABSTAINED,
            statements=tuple(Statement(spoken((one,)), (one,)) for one in citations),
            red_flag=None,
            notice=None,
            confidence=round(min(1.0, max(0.0, confidence)), 4),
            nearest=(),
            retrieved=tuple(
                Retrieved(hit.span.article_id, hit.span.start, hit.span.end, round(hit.score, 6)) for hit in hits
            ),
            index_id="",
            settings_digest="",
            engine=self.engine,
        )

    def _citation(self, span: Span) -> Citation:
        article = self.library.articles[span.article_id]
        quote = self.library.text(span)
        return Citation(span.article_id, article.title, "", span.start, span.end, quote, article.sha256)


def declining_below(answer: Answer, threshold: float) -> Answer:
    """The same answer, withheld if its confidence is below the threshold."""
    if answer.confidence >= threshold:
        return answer
    return replace(answer, outcome=Outcome.ABSTAINED, statements=())
