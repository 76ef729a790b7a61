"""Which candidates the reader reads, and what it says of them.

The first passages are read whole: a near miss is told by what stands around it. Of the others, where a whole passage
mostly costs time, only what seems likely unread is read. What is not read cannot be chosen. Without a reader every
candidate stays, and ``weigh`` has other weights for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rag.candidates import READ, Candidate, candidates
from rag.index import Index
from rag.reader import Reader, Window
from rag.retrieve import Evidence, Scored
from rag.schema import Sentence
from rag.weigh import probability

# So many passages are read whole.
WHOLE = 2
# Of the others, the sentences that are among so many of the likeliest of all, each behind the one it may lean on.
LIKELIEST = 12


def read(evidence: Evidence, index: Index, near: Mapping[int, Sentence], reader: Reader | None) -> list[Candidate]:
    """The candidates for a question, those that were read if there is a reader; ``near`` as in ``candidates``."""
    found = candidates(evidence, index, near)
    if reader is None:
        return found
    shown = _shown(evidence.passages[:READ], found)
    windows = [_window(scored, numbers, index, near) for scored, numbers in shown]
    said: dict[int, tuple[float, float]] = {}  # of two windows, the one where a sentence scores higher
    for (_, numbers), reading in zip(shown, reader.read(evidence.question, windows), strict=True):
        for number, logit in zip(numbers, reading.sentences, strict=True):
            said[number] = max(said.get(number, (logit, reading.answerable)), (logit, reading.answerable))
    return [_with_logits(one, *said[one.sentence.id]) for one in found if one.sentence.id in said]


def _with_logits(one: Candidate, sentence: float, window: float) -> Candidate:
    return replace(one, features=replace(one.features, sentence=sentence, window=window))


def _shown(passages: Sequence[Scored], found: Iterable[Candidate]) -> list[tuple[Scored, list[int]]]:
    """Each passage that is read at all, with the sentences of it that the reader sees."""
    likely = {one.sentence.id for one in sorted(found, key=probability, reverse=True)[:LIKELIEST]}
    whole = [(scored, list(scored.passage.sentences)) for scored in passages[:WHOLE]]
    partly = [(scored, _seen(scored.passage.sentences, likely)) for scored in passages[WHOLE:]]
    return [*whole, *((scored, numbers) for scored, numbers in partly if numbers)]


def _seen(passage: Sequence[int], likely: set[int]) -> list[int]:
    """Of a passage its likely sentences, and of each the one before."""
    return [one for one, after in zip(passage, [*passage[1:], None], strict=True) if likely & {one, after}]


def _window(scored: Scored, numbers: Iterable[int], index: Index, near: Mapping[int, Sentence]) -> Window:
    article = index.article(scored.passage.article_id)
    above = " · ".join(part for part in (article.title if article else "", scored.passage.section) if part)
    return Window(above, tuple(" ".join(index.text(near[number]).split()) for number in numbers))
