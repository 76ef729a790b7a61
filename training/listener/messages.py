"""What the listener learns from: labelled messages of our own, and ordinary questions that must stay silent.

``messages.jsonl`` is a guard bank (``eval.guard_bank``): thousands of messages written for this, each as a different
person would type it. A message is never seen twice alike: it is joined with an ordinary one, misspelt, or stripped of
its marks. Whole authors can be held out, by the first letters of a message's id.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from eval.guard_bank import load_bank
from rag.guard import TURNS, Guard
from rag.red_flags.fold import fold
from rag.red_flags.listener import kept_stretches, room_for, spelt, stretches
from rag.red_flags.rules import places_of
from rag.red_flags.words import Words, read_words
from rag.schema import Level

HERE = Path(__file__).parent
BANKS = (HERE / "messages.jsonl", HERE.parent.parent / "eval/data/guard/seen.jsonl")
QUESTIONS = (HERE.parent / "asked.jsonl", HERE.parent.parent / "eval/data/dev.jsonl")
ARTICLES = HERE.parent / "articles"
CALM = "calm"
"""The category of a plain question."""
LONG, AT_LENGTH = "long", 100
"""The category of a message drawn out; from how many words on one is long as it was written."""
EXAMPLE, EXAMPLES = "example", 3
"""The category of a rule's own example, and how often each is met in a round."""
_MEANT_AS_THEY_STAND = frozenset({"informational", "lookalike", "hypothetical", EXAMPLE})
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

    @property
    def is_long(self) -> bool:
        """Whether it is one of the long posts, drawn out or written so."""
        return self.category == LONG or len(self.text.split()) >= AT_LENGTH


def messages() -> list[Said]:
    """All labelled messages."""
    said = [
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
    return said + examples() * EXAMPLES


def examples() -> list[Said]:
    """What the rules themselves give as examples."""
    return [
        Said("", text, stops and rule.level.interrupts, rule.level is Level.EMERGENCY, rule.id, EXAMPLE)
        for rule in Guard.load().rules
        for stops, texts in ((True, rule.fires), (False, rule.silent))
        for text in texts
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


class Ear:
    """Messages as the listener reads them: folded, cut to its room, in word pieces."""

    def __init__(self, tokenizer: Tokenizer, weights: Mapping[str, float]) -> None:
        self._tokenizer = tokenizer
        self._rules = replace(Guard.load(), listener=None)
        self.weights = weights

    def words(self, text: str) -> Words:
        """The words of a message."""
        return read_words(fold(text), self._rules.spelling)

    def met(self, text: str) -> tuple[Words, frozenset[int]]:
        """The words of a message, and on which of them rules were met."""
        grounds = self._rules.read(text).grounds
        return grounds.words, places_of(grounds.firings)

    def pieces(self, text: str) -> list[int]:
        """The word pieces that are read."""
        words, places = self.met(text)
        spoken = [*map(self.weights.get, words.form)]
        kept = kept_stretches(stretches(words), spoken, room_for(len(words)), places)
        return spelt(words, kept, self._tokenizer)[0]


def weighed(ear: Ear, said: Sequence[Said]) -> dict[str, float]:
    """How much each word speaks of signs: a logistic line over the words of whole messages."""
    table = DictVectorizer()
    held = table.fit_transform([dict.fromkeys(ear.words(one.text).form, 1.0) for one in said])
    line = LogisticRegression(C=0.5, max_iter=300).fit(held, [one.stops for one in said])
    weights = zip(table.get_feature_names_out(), np.round(line.coef_[0], 2), strict=True)
    return {word: float(weight) for word, weight in weights}


def rounds(said: Sequence[Said], calm: Sequence[Said], share: float, rng: random.Random) -> Iterator[list[Said]]:
    """Endless rounds over the messages, with a fresh draw of ordinary questions in each."""
    ordinary = [one for one in said if one.category == "ordinary"] + list(calm)
    while True:
        drawn = [*said, *rng.sample(list(calm), min(len(calm), int(share * len(said))))]
        rng.shuffle(drawn)
        yield [_varied(one, ordinary, rng) for one in drawn]


def drawn_out(said: Sequence[Said], count: int, rng: random.Random) -> Iterator[Said]:
    """Long posts: a message somewhere between ordinary ones, or ordinary ones alone."""
    ordinary = [one for one in said if one.category == "ordinary"]
    stops = [one for one in said if one.stops]
    silent = [one for one in said if not one.stops and one.category in ("ordinary", "past", "negated")]
    for _ in range(count):
        one = rng.choice(stops if rng.random() < 0.45 else silent)
        goal = rng.randrange(80, 500)
        parts, length = [one.text], len(one.text.split())
        while length < goal:
            other = rng.choice(ordinary).text
            parts.insert(rng.randrange(len(parts) + 1), other)
            length += len(other.split())
        yield replace(one, text=rng.choice(("\n", " ", ". ")).join(parts), category=LONG)


def _varied(one: Said, ordinary: Sequence[Said], rng: random.Random) -> Said:
    text = one.text
    chance = 0.5 if one.category in ("ordinary", CALM) else 0.22
    if rng.random() < chance and len(text) < 900 and one.category not in _MEANT_AS_THEY_STAND:
        several = [text, *(other.text for other in rng.sample(ordinary, rng.choice((1, 1, 1, 2, 3))))]
        rng.shuffle(several)
        text = rng.choice(("\n", " ", ". ")).join(several)
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
