"""Misspelt question words mended toward the words of the articles, and only those.

A word is left alone when the articles hold it, when it is a stop word, or when the encoder's own vocabulary knows it as
a whole word ("cost" must not become "lost"). Distance is optimal string alignment (rapidfuzz): one slip in four to
seven letters, two in eight or more, the first letter kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from rag.lexical import STOP_WORDS, stem, words

_SHORTEST = 4
_LONG = 8


@dataclass(frozen=True, slots=True)
class Repair:
    """A question word as written, and the article word it was read as."""

    written: str
    read_as: str


def repairs(
    question: str, vocabulary: Mapping[str, int], stems: Collection[str], is_word: Callable[[str], bool]
) -> tuple[Repair, ...]:
    """The words of the question that are read as words of the articles; ``stems`` are those of it that these hold."""
    unknown = [word for word in dict.fromkeys(words(question)) if _is_unknown(word, vocabulary, stems, is_word)]
    if not unknown:
        return ()
    found = ((word, _nearest(word, vocabulary)) for word in unknown)
    return tuple(Repair(word, nearest) for word, nearest in found if nearest)


def mended(question: str, made: tuple[Repair, ...]) -> str:
    """The question with its repairs made, folded; the question itself without any."""
    if not made:
        return question
    read_as = {repair.written: repair.read_as for repair in made}
    return " ".join(read_as.get(word, word) for word in words(question))


def _is_unknown(
    word: str, vocabulary: Mapping[str, int], stems: Collection[str], is_word: Callable[[str], bool]
) -> bool:
    if len(word) < _SHORTEST or not word.isalpha() or word in STOP_WORDS or word in vocabulary:
        return False
    return not is_word(word) and stem(word) not in stems


def _nearest(word: str, vocabulary: Mapping[str, int]) -> str:
    """The closest article word, the more frequent one among equals, or nothing."""
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= _LONG else 1
    near = (
        (distance, -count, candidate)
        for candidate, count in vocabulary.items()
        if candidate[0] == word[0]
        and len(candidate) >= _SHORTEST
        and abs(len(candidate) - len(word)) <= slips
        and (distance := OSA.distance(word, candidate, score_cutoff=slips)) <= slips
    )
    return min(near, default=(0, 0, ""))[2]
