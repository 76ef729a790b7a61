"""What the listener learns from: labelled messages of our own, and ordinary questions that must stay silent.

``messages.jsonl`` is a guard bank (``eval.guard_bank``): thousands of messages written for this, each as a different
person would type it. A message is never seen twice alike: it is joined with an ordinary one, misspelt, or stripped of
its marks. Whole authors can be held out, by the first letters of a message's id.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from eval.guard_bank import load_bank
from rag.guard import TURNS
from rag.red_flags.fold import JOINER, fold
from rag.red_flags.listener import kept_pieces, stretches
from rag.schema import Level

HERE = Path(__file__).parent
BANKS = (HERE / "messages.jsonl", HERE.parent.parent / "eval/data/guard/seen.jsonl")
QUESTIONS = (HERE.parent / "asked.jsonl", HERE.parent.parent / "eval/data/dev.jsonl")
ARTICLES = HERE.parent / "articles"
CALM = "calm"
"""The category of a plain question."""
_MEANT_AS_THEY_STAND = frozenset({"informational", "lookalike", "hypothetical"})
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its earlier turns in front, and what the guard must make of it."""

    id: str
    text: str
    stops: bool
    emergency: bool
    rule: str
    category: str


def messages() -> list[Said]:
    """All labelled messages."""
    return [
        Said(
            one.id,
            "\n".join((*one.turns[-TURNS:], one.text)),
            one.level.interrupts,
            one.level is Level.EMERGENCY,
            one.rule or "",
            one.category,
        )
        for bank in BANKS
        for one in load_bank(bank)
    ]


def questions() -> list[Said]:
    """Ordinary questions about health; none of them reports a sign."""
    return [
        Said("", json.loads(line)["question"], False, False, "", CALM)
        for path in (*QUESTIONS, *sorted(ARTICLES.glob("*.jsonl")))
        for line in path.read_text("utf-8").splitlines()
    ]


def rule_names(said: Iterable[Said]) -> tuple[str, ...]:
    """The rules that enough messages report, in alphabetical order."""
    rules = [one.rule for one in said if one.stops]
    return tuple(sorted(name for name in set(rules) if rules.count(name) >= _FEWEST))


class Pieces:
    """Word pieces of messages, folded and cut to what the listener reads."""

    def __init__(self, tokenizer: Tokenizer, weights: NDArray[np.float32]) -> None:
        self._tokenizer = tokenizer
        self.weights = weights

    def __call__(self, text: str) -> list[int]:
        """The pieces that are read."""
        folded = fold(text).text.replace(JOINER, " ")
        encoding = self._tokenizer.encode(folded, add_special_tokens=False)
        if not encoding.ids:
            return []
        kept = kept_pieces(encoding.ids, stretches(folded, encoding.offsets), self.weights)
        return [encoding.ids[at] for at in kept]


def weighed(tokenizer: Tokenizer, said: Sequence[Said]) -> NDArray[np.float32]:
    """How much each piece speaks of signs: a logistic line over the pieces of whole messages."""
    held = [sorted(set(tokenizer.encode(fold(one.text).text, add_special_tokens=False).ids)) for one in said]
    starts = np.cumsum([0, *map(len, held)])
    table = csr_matrix(
        (np.ones(starts[-1]), np.concatenate(held), starts), shape=(len(held), tokenizer.get_vocab_size())
    )
    line = LogisticRegression(C=0.5, max_iter=300).fit(table, [one.stops for one in said])
    weights: NDArray[np.float32] = np.round(line.coef_[0], 2).astype(np.float32)
    return weights


def rounds(said: Sequence[Said], calm: Sequence[Said], share: float, rng: random.Random) -> Iterator[list[Said]]:
    """Endless rounds over the messages, with a fresh draw of ordinary questions in each."""
    ordinary = [one for one in said if one.category == "ordinary"] + list(calm)
    while True:
        drawn = [*said, *rng.sample(list(calm), min(len(calm), int(share * len(said))))]
        rng.shuffle(drawn)
        yield [_varied(one, ordinary, rng) for one in drawn]


def _varied(one: Said, ordinary: Sequence[Said], rng: random.Random) -> Said:
    text = one.text
    if rng.random() < 0.22 and len(text) < 700 and one.category not in _MEANT_AS_THEY_STAND:
        pair = [text, rng.choice(ordinary).text]
        rng.shuffle(pair)
        text = rng.choice(("\n", " ", ". ")).join(pair)
    if rng.random() < 0.2:
        text = _misspelt(text, rng)
    if rng.random() < 0.2:
        text = "".join(char for char in text if char not in ".,;:!?'\"-")
    if rng.random() < 0.1:
        text = " ".join(word for word in text.split() if rng.random() > 0.08)
    return replace(one, text=text)


def _misspelt(text: str, rng: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 45)):
        at = rng.randrange(len(letters))
        if not letters[at].isalpha():
            continue
        slip = rng.random()
        if slip < 0.35:
            letters[at] = ""
        elif slip < 0.7 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] *= 2
    return "".join(letters)
