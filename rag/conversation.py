"""A follow-up question read with the subject of the one before it: "does it get worse at night?" after sciatica.

By rule, in one pass, no model. A question leans on the last one when a pronoun has nothing to stand for in the question
itself, when it opens like a continuation ("what about…"), or when it names no subject of its own. What is asked about a
person ("how long will she need help?") is read behind what was told of her. Anything else, "thanks" among it, is left
exactly as it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.lexical import COURTESIES, STOP_WORDS, stem, words

_TURNS = 6
_SHORT = 8
"""Words of a continuation that only names another subject ("and hip osteoarthritis?")."""

# What is asked *about* a subject, and is no subject itself.
ASPECTS = frozenset(
    stem(word)
    for word in (
        "cause reason trigger symptom sign treat treatment therapy help relieve relief ease worse worst worsen better "
        "best improve heal cure recover recovery last long short soon quick take time day week month year hour night "
        "morning evening today tomorrow sleep sit stand walk run lift work drive bend lie move movement exercise "
        "stretch rest heat ice medicine medication painkiller drug surgery operation injection scan mri test diagnose "
        "diagnosis check doctor physiotherapist see need require avoid prevent common rare normal usual safe dangerous "
        "risky risk serious severe bad good happen start begin spread go come back return feel hurt ache pain "
        "painful mean know difference different compare option type kind thing other another else permanent temporary "
        "still again now old age adult expect let use try stop continue keep work really actually possible true find "
        "describe explain list name say affect involve look like bring make chance percent number answer question "
        "yesterday"
    ).split()
) | frozenset(map(stem, COURTESIES))
# Words that belong to a subject beside another word ("hip pain", "lower back"), and are none on their own.
_COMPANIONS = frozenset(stem(word) for word in "pain ache back problem injury".split())
_BODY_BACK = re.compile(
    r"\b(?:(?:lower|low|upper) back|back(?= (?:pain|ache|problems?|injury)))\b|(?<=my )\bback\b", re.I
)

_OPENER = re.compile(r"\s*(?:and|but|or|so|ok(?:ay)?|what about|how about|and what about)\b[\s,]*", re.IGNORECASE)
_MODIFIER = re.compile(r"(?:in|at|on|during|for|with|without|after|before|when|while|if|by|as)\b", re.IGNORECASE)

HELPING = r"(?:is|are|was|were|do|does|did|can|could|should|will|would|must|may|might|has|have)"
"""The verbs that open a question."""
_NOUN = r"(?:condition|disorder|disease|syndrome|problem|injury|pain|symptoms?)"
_BE = r"(?:is|was|be|mean|happen|causes?|helps?|get|go|come|last|hurt|feel|need|normal|common|serious|bad|dangerous)"
PRONOUN = re.compile(
    rf"\b(?:(?:this|that|these|those|the) {_NOUN}\b(?! (?:of|in|from|at|on)\b)"
    rf"|(?:its|their|theirs|itself|it|they|them)\b"
    rf"|(?:this|that|these|those)\b(?=\s*(?:[?.!,]|$|{_BE}\b)))",
    re.IGNORECASE,
)
# "Is it safe to run?", "does it help to walk?": here "it" stands for what comes after.
_DUMMY = re.compile(
    r"\b(?:is|was|would|will|can|could|be)\s+it\s+(?:be\s+)?(?:\w+\s+)?\w+\s+(?:to|that|if|when|for)\b"
    r"|\b(?:does|will|would|might|can)\s+it\s+(?:\w+\s+)?(?:to|if|that)\b|\bit\s+takes?\b|\bit(?:'s|’s| is)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:mum|mom|mam|mother|dad|father|parent|nan|gran|grandma|grandpa|grandad|grandmother|grandfather|wife|husband"
    r"|hubby|partner|girlfriend|boyfriend|fianc[eé]e?|son|daughter|boy|girl|child|kid|baby|toddler|teenager|brother|sister"
    r"|uncle|aunt|auntie|niece|nephew|cousin|friend|mate|neighbour|neighbor|colleague|patient|man|woman|doctor|doc|gp|surgeon"
    r"|consultant|specialist|nurse|physio|physiotherapist|therapist|chiropractor|osteopath)\b",
    re.IGNORECASE,
)
_HE_OR_SHE = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
# A sentence that asks, behind what is told.
_ASKED = re.compile(rf"(?<=[.?!])\s+(?:how|what|when|where|which|why|who|{HELPING})\b.*", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’/-][^\W_]+)*")
_PAUSE = re.compile(r"[.?!;:,]")
_JOINING = frozenset("a an and between in of on or the to".split())


def resolved(question: str, earlier: Sequence[str], subjects: Collection[str] = ()) -> str:
    """The question as it is to be searched: itself, or completed from ``earlier`` (newest last).

    ``subjects`` are stems that the titles of the articles hold: an earlier question's subject is sought there first.
    """
    if _is_courtesy(question):
        return question
    before = ""
    for asked in (*(one for one in earlier[-_TURNS:] if not _is_courtesy(one)), question):
        before = _read_after(before, asked, subjects)
    return before


def _is_courtesy(question: str) -> bool:
    """Whether it says "thanks" and the like, and nothing else."""
    said = set(words(question)) - STOP_WORDS
    return bool(said) and said <= COURTESIES


def _read_after(before: str, question: str, subjects: Collection[str]) -> str:
    if _HE_OR_SHE.search(question) and not _PERSON.search(question) and _PERSON.search(before):
        return f"{_ASKED.sub('', before).rstrip(' .?!')}. {question}"
    topic = _topic(before, subjects)
    if not topic:
        return question
    opener = _OPENER.match(question)
    body = question[opener.end() :] if opener else question
    own = _topic(body, ())
    pronoun = _open_pronoun(body)
    if pronoun and _agree(pronoun[0], topic):
        return f"{body[: pronoun.start()]}{topic}{body[pronoun.end() :]}"
    if opener and _MODIFIER.match(body):
        return f"{before.rstrip(' ?.!')}, {body}"
    if opener and own and not pronoun and len(words(body)) <= _SHORT:
        return before.replace(topic, own)
    return f"{topic}: {body}" if pronoun or not own else question


def _open_pronoun(question: str) -> re.Match[str] | None:
    """The first pronoun, unless something earlier in the question, or after a dummy "it", is its subject."""
    pronoun = PRONOUN.search(question)
    if pronoun is None or _topic(question[: pronoun.start()], ()):
        return None
    dummy = _DUMMY.search(question)
    if dummy and dummy.start() <= pronoun.start() < dummy.end():
        return None
    return pronoun


def _agree(pronoun: str, topic: str) -> bool:
    """Whether the subject can stand in the pronoun's place: "they" may well be the doctors."""
    many = bool(re.search(r"[^sui]s$|\band\b", topic.lower()))
    return many or pronoun.lower() not in {"they", "them", "their", "theirs", "these", "those"}


def _topic(text: str, subjects: Collection[str]) -> str:
    """The words of a text that name its subject: the run that the titles know best, the first among equals."""
    return max(_runs(text), key=lambda run: sum(stem(word) in subjects for word in words(run)), default="")


def _runs(text: str) -> list[str]:
    """Each unbroken stretch of subject words, joining words between two of them included."""
    body_backs = [span.span() for span in _BODY_BACK.finditer(text)]
    runs: list[str] = []
    start = end = -1
    for match in _WORD.finditer(text):
        is_body = any(first <= match.start() < last for first, last in body_backs)
        kind = "subject" if is_body else _kind(match[0])
        if start >= 0 and (kind == "aspect" or _PAUSE.search(text, end, match.start())):
            runs.append(text[start:end])
            start = -1
        if kind == "subject" or (kind == "companion" and start >= 0):
            start, end = (match.start() if start < 0 else start), match.end()
    return [*runs, text[start:end]] if start >= 0 else runs


def _kind(word: str) -> str:
    folded = words(word)
    stems = {stem(one) for one in folded}
    if stems & _COMPANIONS:
        return "companion"
    if set(folded) <= _JOINING:
        return "joining"
    return "aspect" if stems <= ASPECTS or set(folded) <= STOP_WORDS else "subject"
