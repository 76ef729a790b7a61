"""Quotes that are exact and still mislead, because what they needed was left in the article. Three rules, no model.

A sentence is *touched* if a quote of the answer holds any of its characters; its *missing part* is what no quote of the
same answer shows. The lists of words below are the whole of the judgement.

    lost negation   the missing part of a touched sentence holds a negation ("not", "never", "without", …)
    lost condition  the missing part holds a condition or a turn ("if", "unless", "only", "but", …); or the next
                    sentence of the paragraph opens with a turn ("But", "However", …) and is not shown; or a list
                    item that is no sentence of its own is shown without the line that introduces its list
    lost subject    the sentence's opening words are not shown; or it opens with a word that leans on the sentence
                    before it ("It", "They", "This", "However", …) and that sentence is not shown in the same answer

The rules are ours; the idea that a sentence out of its context must be made to stand alone, and what breaks when it is
not, is in Choi and others 2021, "Decontextualization: Making Sentences Stand-Alone".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.library import Library, place
from eval.spans import Span, overlap, shared, union, without
from rag.schema import Sentence


class Loss(StrEnum):
    """What a quote lost."""

    NEGATION = "lost negation"
    CONDITION = "lost condition"
    SUBJECT = "lost subject"


@dataclass(frozen=True, slots=True)
class Misled:
    """A quote that misleads, why, and the words that were left out."""

    quote: Span
    loss: Loss
    left_out: str


NEGATION = re.compile(
    r"\b(?:not|no|never|nor|none|neither|nobody|nothing|without|cannot|rarely|hardly|seldom|unlikely)\b|n['’]t\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|unless|until|when|only|except|but|although|though|however|provided|as long as|in case|while|whereas)\b",
    re.IGNORECASE,
)
TURN = re.compile(
    r"(?:but|however|yet|unless|except|only if|although|though|even so|that said|nevertheless|on the other hand|"
    r"otherwise|instead|this (?:does|is) not|not (?:all|every|always)|these (?:do|are) not)\b",
    re.IGNORECASE,
)
LEANING = re.compile(
    r"(?:it|its|they|their|them|these|those|this|that|such|he|she|his|her|"
    r"both (?:of|are|can|may|need|conditions|problems)|the (?:former|latter|other|others|same)|others?|another|"
    r"but|however|instead|also|so|then|therefore|thus|hence|otherwise|likewise|similarly|"
    r"as a result|because of (?:this|that)|for (?:example|instance|this reason)|in (?:addition|contrast|turn))\b",
    re.IGNORECASE,
)
# "It is safe to keep walking": this "it" stands for nothing; "It is worse to sit" would.
EMPTY_IT = re.compile(
    r"it (?:is|was|may be|can be|seems) (?:not |very |often |usually )*(?:important|safe|normal|common|possible|best|"
    r"better|useful|helpful|hard|difficult|easy|rare|unusual|worth|likely|unlikely|clear|fine|sensible|thought|known|advised)\b"
    r"(?: \w+){0,4}? (?:to|that|whether|how|why)\b|it (?:takes|helps) (?:\w+ ){0,3}?to\b",
    re.IGNORECASE,
)
# "This page…" names itself.
NOT_LEANING = re.compile(r"(?:this|these) (?:page|article|website|pages|articles)\b", re.IGNORECASE)
# The same subject as the heading, which is shown with every quote: "This condition occurs when…" opens a section.
NAMED_BY_HEADING = re.compile(r"(?:this|the) (?:condition|disorder|disease|syndrome|problem|injury)\b", re.IGNORECASE)
# "Another cause is stenosis" that opens a paragraph says all it says; "Another is stenosis" does not.
NAMES_ITS_OWN = re.compile(r"another (?!(?:is|was|can|may|might|has|of|one)\b)", re.IGNORECASE)
_FEWEST_WORDS = 5

_Rule = Callable[[Sentence, Sequence[Span], Library], str | None]


def misleading(quotes: Sequence[Span], library: Library) -> tuple[Misled, ...]:
    """What is wrong with the quotes of one answer; at most one finding for each kind of loss of each quote."""
    shown = union(quotes)
    found: dict[tuple[Span, Loss], Misled] = {}
    for quote in quotes:
        for sentence in library.touched(quote):
            for loss, rule in _RULES:
                if left_out := rule(sentence, shown, library):
                    found.setdefault((quote, loss), Misled(quote, loss, left_out.strip()))
    return tuple(found.values())


def _lost_negation(sentence: Sentence, shown: Sequence[Span], library: Library) -> str | None:
    return next((part for part in _missing(sentence, shown, library) if NEGATION.search(part)), None)


def _lost_condition(sentence: Sentence, shown: Sequence[Span], library: Library) -> str | None:
    for part in _missing(sentence, shown, library):
        if CONDITION.search(part):
            return part
    after = _neighbour(sentence, +1, library)
    if after is not None and not _is_shown(after, shown) and TURN.match(text := _text(after, library)):
        return text
    return _lost_lead(sentence, shown, library)


def _lost_lead(sentence: Sentence, shown: Sequence[Span], library: Library) -> str | None:
    text = _text(sentence, library)
    if sentence.lead is None or (text[:1].isupper() and len(text.split()) >= _FEWEST_WORDS):
        return None
    leads = [one for one in library.sentences[sentence.article_id] if one.id == sentence.lead]
    return next((_text(lead, library) for lead in leads if not _is_shown(lead, shown)), None)


def _lost_subject(sentence: Sentence, shown: Sequence[Span], library: Library) -> str | None:
    missing = without(place(sentence), shown)
    if missing and missing[0].start == sentence.start and (opening := library.text(missing[0])).strip():
        return opening
    text = _text(sentence, library)
    if not LEANING.match(text) or EMPTY_IT.match(text) or NOT_LEANING.match(text):
        return None
    before = _neighbour(sentence, -1, library)
    if before is None:
        named = NAMES_ITS_OWN.match(text) or (sentence.section and NAMED_BY_HEADING.match(text))
        return None if named else text
    return None if _is_shown(before, shown) else _text(before, library)


def _missing(sentence: Sentence, shown: Sequence[Span], library: Library) -> Iterator[str]:
    return (library.text(part) for part in without(place(sentence), shown))


def _neighbour(sentence: Sentence, step: int, library: Library) -> Sentence | None:
    """The sentence just before or after in the same paragraph."""
    held = library.sentences[sentence.article_id]
    at = held.index(sentence) + step
    return held[at] if 0 <= at < len(held) and held[at].block == sentence.block else None


def _is_shown(sentence: Sentence, shown: Sequence[Span]) -> bool:
    """Whether more than half of a sentence stands in some quote of the answer."""
    return any(overlap(place(sentence), one) for one in shown) and 2 * shared([place(sentence)], shown) > (
        sentence.end - sentence.start
    )


def _text(sentence: Sentence, library: Library) -> str:
    return library.text(place(sentence))


_RULES: tuple[tuple[Loss, _Rule], ...] = (
    (Loss.NEGATION, _lost_negation),
    (Loss.CONDITION, _lost_condition),
    (Loss.SUBJECT, _lost_subject),
)
