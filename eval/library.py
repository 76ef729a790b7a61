"""The articles a run is judged against, with their sentences and passages: everything a scorer may look up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eval.spans import Span, overlap
from rag.index import Index
from rag.schema import Article, Passage, Sentence


@dataclass(frozen=True)
class Library:
    """Articles by id, the sentences of each in order, and every passage."""

    articles: Mapping[str, Article]
    sentences: Mapping[str, tuple[Sentence, ...]] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()

    @classmethod
    def of(cls, index: Index) -> Library:
        """What an index holds."""
        passages = index.passages(range(index.manifest["counts"]["passages"]))
        return cls(
            {article.id: article for article in index.articles()},
            by_article(index.all_sentences()),
            tuple(passages[number] for number in sorted(passages)),
        )

    def find(self, article_id: str) -> Article | None:
        """The article of that id, if there is one."""
        return self.articles.get(article_id)

    def text(self, span: Span) -> str:
        """The characters of a span; none where there is no such article."""
        article = self.articles.get(span.article_id)
        return article.text[max(0, span.start) : max(0, span.end)] if article else ""

    def touched(self, span: Span) -> tuple[Sentence, ...]:
        """The sentences that share a character with the span, in order."""
        held = self.sentences.get(span.article_id, ())
        return tuple(one for one in held if overlap(place(one), span))


def place(one: Sentence | Passage) -> Span:
    """Where a sentence or passage stands."""
    return Span(one.article_id, one.start, one.end)


def by_article(sentences: Iterable[Sentence]) -> dict[str, tuple[Sentence, ...]]:
    """Sentences under their article's id, in order."""
    grouped: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        grouped[sentence.article_id].append(sentence)
    return {article_id: tuple(held) for article_id, held in grouped.items()}
