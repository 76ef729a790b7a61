"""Which sentences mean nothing alone, and what must be quoted with them.

A sentence leans when its subject is a pronoun, a bare "the pain", or a connective that looks back. It is quoted
together with the sentences it leans on, or not at all. So is a list item too short to be a sentence, with the line
that introduces its list and what that line leans on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rag.schema import Sentence

_PRONOUN = r"it|its|they|their|them|this|these|those|that|such|he|she|both|others?|another|either|neither"
_CONNECTIVE = (
    r"instead|however|also|additionally|similarly|likewise|conversely|otherwise|therefore|thus|hence|then|and|but|or|so|"
    r"for (?:example|instance|this reason)|in (?:addition|contrast|turn)|as a result|because of this|on the other hand"
)
# "The pain eases…" leans; "the pain from stenosis eases…" names what it is about.
_BARE_NOUN = (
    r"the (?:pain|condition|symptoms?|problem|discomfort|disorder|disease|muscle|joint|nerve|injury|treatment|result)\b"
    r"(?! (?:of|from|in|at|that|which|with|associated|caused|due|between|around)\b)"
)
LEANING = re.compile(rf"(?:{_PRONOUN}|{_CONNECTIVE}|{_BARE_NOUN})\b", re.IGNORECASE)
# Looking back before the subject: "Unlike sciatica, this pain…", "When this nerve hurts…", "If it does not ease…".
# "Look out for any of these:" looks ahead, to its list.
_EARLY = re.compile(
    r"(?:[\w’'-]+,? ){1,5}(?:this|these|those)\b(?!(?s:.*):\Z)|"
    r"(?:when|if|because|since|although|while|unless|once) (?:it|they)\b",
    re.IGNORECASE,
)

# "This condition occurs when…" right under a heading that names the condition: the heading is its subject.
_NAMED_BY_HEADING = re.compile(r"(?:this|the) (?:condition|disorder|disease|syndrome|problem|injury)\b", re.IGNORECASE)
# "Another cause is stenosis" that opens a paragraph says all it says; "Another is stenosis" does not.
_NAMES_ITS_OWN = re.compile(r"another (?!(?:is|was|can|may|might|has|of|one)\b)", re.IGNORECASE)
# "Stenosis: This involves…" names its own subject.
_LABEL = re.compile(r"[^.:]{3,60}: ")
_SHORT_ITEM = 5

TextOf = Callable[[Sentence], str]


def leans(text: str) -> bool:
    """Whether the sentence looks back to the one before it for its subject."""
    looks_back = LEANING.match(text) or _EARLY.match(text)
    return looks_back is not None and _LABEL.match(text) is None


def with_support(sentence: Sentence, near: Mapping[int, Sentence], text_of: TextOf) -> tuple[int, ...] | None:
    """The ids of the sentence and of all it leans on, in reading order; None if what it leans on cannot be quoted."""
    needed = [sentence.id]
    text = text_of(sentence)
    if sentence.lead is not None and _is_fragment(text):
        lead_in = with_support(near[sentence.lead], near, text_of)
        if lead_in is None:
            return None
        needed += lead_in
    while leans(text):
        before = near.get(sentence.id - 1)
        if before is None or (before.article_id, before.block) != (sentence.article_id, sentence.block):
            return tuple(sorted(needed)) if _opens(sentence, before, text) else None
        needed.append(before.id)
        sentence, text = before, text_of(before)
    return tuple(sorted(needed))


def _is_fragment(text: str) -> bool:
    """Whether a list item is no sentence of its own."""
    return text[:1].islower() or (len(text.split()) < _SHORT_ITEM and text[-1:] not in ".!?")


def _opens(sentence: Sentence, before: Sentence | None, text: str) -> bool:
    """Whether the first sentence of a paragraph is understood there, although it looks back."""
    in_section = before is not None and (before.article_id, before.section) == (sentence.article_id, sentence.section)
    named = sentence.section and not in_section and _NAMED_BY_HEADING.match(text)
    return bool(named or _NAMES_ITS_OWN.match(text))
