"""The words of the domain: every type that passes between rooms, frozen, and its JSON form.

Offsets are half-open code-point indices into ``Article.text``: ``article.text[start:end] == quote``. Scores: higher is
better. Nothing here computes, reads or writes; see ``verify`` for what makes an answer true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    RED_FLAG = "red_flag"


class Level(StrEnum):
    """How soon someone should be seen; ``emergency`` and ``urgent`` interrupt, the others do not."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    NONE = "none"

    @property
    def interrupts(self) -> bool:
        """Whether a sign of this level comes before any answer."""
        return self in (Level.EMERGENCY, Level.URGENT)


@dataclass(frozen=True, slots=True)
class Article:
    """A source text. ``text`` never changes once offsets into it exist; ``sha256`` is of its UTF-8 bytes."""

    id: str
    title: str
    text: str
    sha256: str
    path: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may be quoted: never a heading, a caption or page furniture.

    ``id`` is its rank in the whole index. ``block`` numbers the paragraph or list item it stands in. ``lead`` is the id
    of the sentence that introduces its list, if it stands in one.
    """

    id: int
    article_id: str
    section: str
    start: int
    end: int
    block: int
    lead: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: consecutive whole sentences of one section, within the encoder's window."""

    id: int
    article_id: str
    section: str
    start: int
    end: int
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in an article and the exact words that stand there."""

    article_id: str
    title: str
    section: str
    start: int
    end: int
    quote: str
    article_sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says, and what proves it: first the sentence that answers, then those it leans on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage the retriever offered, and its score."""

    article_id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class RuleSource:
    """The guidance a red-flag rule rests on, and when we last read it (ISO date)."""

    name: str
    section: str
    url: str
    reviewed: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A reported sign that stops the answer: what was read, what it can mean, what to do now.

    ``matched`` holds the person's own words, verbatim slices of their message.
    """

    rule_id: str
    level: Level
    title: str
    matched: tuple[str, ...]
    message: str
    action: str
    source: RuleSource


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question, with everything needed to check it.

    ``confidence`` is present on every outcome: between 0 and 1, higher when the articles answer the question.
    ``nearest`` is shown on abstention as "not an answer".
    """

    question: str
    outcome: Outcome
    statements: tuple[Statement, ...]
    red_flag: RedFlag | None
    notice: str | None
    confidence: float
    nearest: tuple[Citation, ...]
    retrieved: tuple[Retrieved, ...]
    index_id: str
    settings_digest: str
    engine: str

    def to_json(self) -> Json:
        """The answer as the JSON object of the command-line contract, keys in the contract's order."""
        return asdict(self)
