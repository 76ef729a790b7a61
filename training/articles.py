"""Lay questions over short web-style articles, all written for this project, as training items.

``articles/`` holds an article as ``NAME.md`` and its questions as ``NAME.jsonl``, one a line: the question, its kind,
for each required fact the sentences that state it, and sentences that may be cited without need. The articles are cut
into passages by the product's own splitter, so that what is learned is what will be read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.load import Found, read_article
from ingest.split import Limits, Split, split
from rag.schema import Article, Json
from rag.settings import Settings
from training.bm25 import Bm25
from training.data import NO, UNSAID, YES, Item, Passage, held_out

FOLDER = Path(__file__).parent / "articles"
NEAR = 6
# Of other articles the nearest may answer as well, those further down only look as if.
ELSEWHERE = (12, 20)
_PIECES_A_WORD = 1.35

_Labelled = tuple[Passage, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over an article and the places (start, end) of the sentences that answer or may be cited."""

    question: str
    kind: str
    facts: tuple[tuple[tuple[int, int], ...], ...]
    also: tuple[tuple[int, int], ...]

    @property
    def gold(self) -> tuple[tuple[int, int], ...]:
        """The places of every fact."""
        return tuple(place for fact in self.facts for place in fact)


@dataclass(frozen=True, slots=True)
class Library:
    """An article, how it is cut, and what is asked about it."""

    article: Article
    cut: Split
    asked: tuple[Asked, ...]


@cache
def libraries(folder: Path) -> tuple[Library, ...]:
    """Every article of the folder with its questions; a question with a quote that does not stand there is refused.

    They are read once: it takes a quarter of a minute.
    """
    limits = Limits(Settings().passage_tokens, Settings().passage_overlap)
    found = []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        article, document = read_article(Found(path, path.name))
        rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text("utf-8").splitlines() if line.strip()]
        cut = split(article, document, _lengths, limits)
        found.append(Library(article, cut, tuple(read(row, article) for row in rows)))
    return tuple(found)


def read(row: Json, article: Article) -> Asked:
    """A line of questions, its quotes found in the article.

    Raises:
        ValueError: a quote does not stand exactly once in the article, or a field is missing.
    """
    facts = tuple(tuple(_place(quote, article) for quote in fact) for fact in row["facts"])
    return Asked(row["question"], row["kind"], facts, tuple(_place(quote, article) for quote in row["also"]))


def _place(quote: str, article: Article) -> tuple[int, int]:
    if not quote.strip() or article.text.count(quote) != 1:
        raise ValueError(f"{article.id} does not hold exactly once: {quote!r}")
    start = article.text.index(quote)
    return start, start + len(quote)


def _lengths(texts: Sequence[str]) -> list[int]:
    return [round(_PIECES_A_WORD * len(text.split())) for text in texts]


def own(folder: Path = FOLDER) -> Iterator[Item]:
    """An item for each passage that answers a question, or for the nearest passage where none does.

    A question that is asked over several articles has the passages of the others that answer beside its own.
    """
    found = libraries(folder)
    passages = [(one, *pair) for one in found for pair in _passages(one)]
    ranker = Bm25([" ".join((p.title, p.section, *p.sentences)) for _, _, p in passages])
    cut = {one.article.id: [(p, w) for o, w, p in passages if o is one] for one in found}
    owner = np.array([one.article.id for one, _, _ in passages])
    asked_of: dict[str, list[tuple[Library, Asked]]] = defaultdict(list)
    for one in found:
        for asked in one.asked:
            asked_of[asked.question].append((one, asked))
    for one in found:
        owned = owner == one.article.id
        for asked in one.asked:
            others = [(o, a) for o, a in asked_of[asked.question] if o is not one]
            answering = {one.article.id, *(o.article.id for o, _ in others)}
            order = np.array(ranker.rank(asked.question), dtype=np.int64)
            elsewhere = tuple(
                islice((passages[i][2] for i in order if passages[i][0].article.id not in answering), *ELSEWHERE)
            )
            here = [(passages[i][2], _labels(asked, passages[i][1])) for i in order[owned[order]]]
            here += [(p, _labels(asked, w)) for p, w in cut[one.article.id] if all(p is not h for h, _ in here)]
            also = [(p, _labels(a, w)) for o, a in others if is_kept(o) == is_kept(one) for p, w in cut[o.article.id]]
            yield from _items(asked, here, elsewhere, [pair for pair in also if YES in pair[1]])


def is_kept(one: Library) -> bool:
    """Whether the article is kept for measuring."""
    return held_out(Item("own", "", Passage("own:" + one.article.id, "", "", ()), ()))


def passages_of(one: Library) -> list[Passage]:
    """How the article is cut for reading."""
    return [passage for _, passage in _passages(one)]


def _passages(one: Library) -> Iterator[tuple[list[tuple[int, int]], Passage]]:
    """Each passage with the place of each of its sentences."""
    for passage in one.cut.passages:
        held = [one.cut.sentences[number] for number in passage.sentences]
        places = [(sentence.start, sentence.end) for sentence in held]
        texts = tuple(" ".join(one.article.text[start:end].split()) for start, end in places)
        yield places, Passage("own:" + one.article.id, one.article.title, passage.section, texts)


def _labels(asked: Asked, places: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(
        YES if any(_meet(place, gold) for gold in asked.gold) else
        UNSAID if any(_meet(place, also) for also in asked.also) else NO
        for place in places
    )  # fmt: skip


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return 2 * (min(one[1], other[1]) - max(one[0], other[0])) >= min(one[1] - one[0], other[1] - other[0])


def _items(
    asked: Asked, here: Sequence[_Labelled], elsewhere: tuple[Passage, ...], also: Sequence[_Labelled]
) -> Iterator[Item]:
    silent = tuple(passage for passage, labels in here if set(labels) == {NO})[:NEAR]
    near = silent + elsewhere[:2]
    answering = [(passage, labels) for passage, labels in here if YES in labels]
    for passage, labels in answering:
        beside = tuple(other for other in (*answering, *also) if other[0] is not passage)
        yield Item("own", asked.question, passage, labels, None, near, asked.kind, beside)
    if not asked.facts and silent:
        yield Item("own", asked.question, silent[0], (NO,) * len(silent[0].sentences), None, near[1:], asked.kind)
