"""Articles that say the same in the same words: exact copies, and near copies by their shared word sequences.

Method: w-shingling with a bottom-k sketch (Broder 1997): the share of equal values among the ``SKETCH`` smallest hashes
of two articles estimates the Jaccard similarity of their sets of ``SHINGLE``-word sequences, with a standard error of
about 0.06 at similarity one half.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from rag.lexical import words

SHINGLE = 5
SKETCH = 64
NEAR = 0.5


@dataclass(frozen=True, slots=True)
class NearCopy:
    """Two articles, by id, and the estimated share of their word sequences that they have in common."""

    first: str
    second: str
    similarity: float


def fingerprint(text: str) -> str:
    """Equal for texts with the same words in the same order, whatever the spacing, capitals or punctuation."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()


def near_copies(texts: Mapping[str, str]) -> list[NearCopy]:
    """The pairs of articles at least ``NEAR`` alike; only pairs that share a sketch value are ever compared."""
    sketches = {article_id: _sketch(text) for article_id, text in texts.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for article_id, sketch in sketches.items():
        for value in sketch:
            holders[value].append(article_id)
    pairs = {pair for ids in holders.values() for pair in combinations(sorted(ids), 2)}
    found = (NearCopy(one, two, _similarity(sketches[one], sketches[two])) for one, two in sorted(pairs))
    return [copy for copy in found if copy.similarity >= NEAR]


def _sketch(text: str) -> frozenset[int]:
    tokens = words(text)
    shingles = {" ".join(tokens[at : at + SHINGLE]) for at in range(max(1, len(tokens) - SHINGLE + 1))}
    hashes = (int.from_bytes(hashlib.blake2b(item.encode(), digest_size=8).digest(), "big") for item in shingles)
    return frozenset(sorted(hashes)[:SKETCH])


def _similarity(one: frozenset[int], two: frozenset[int]) -> float:
    smallest = sorted(one | two)[:SKETCH]
    return sum(value in one and value in two for value in smallest) / len(smallest)
