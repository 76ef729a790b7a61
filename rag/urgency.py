"""A question about when to get help, completed with how its answers speak: "…, that needs a doctor".

Articles list signs under the care they need; who asks says "when should I worry" or "at once", and is nearer to many
other sentences. By rule: who asks by what signs, or when, and how fast, is shown emergencies first; who asks when to be
seen, what needs a doctor. What is added helps to find and to choose; when it counts for confidence, ``pipeline`` says.
"""

from __future__ import annotations

import re

from rag.conversation import ASPECTS
from rag.lexical import terms

EMERGENCY = "that needs emergency care now"
DOCTOR = "that needs a doctor"


def _pattern(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(ways)})\b", re.IGNORECASE)


_FAST = (
    r"at once|(?:right|straight) ?away|right now|immediate(?:ly)?|urgent(?:ly)?|emergenc(?:y|ies)|life[- ]threatening",
    r"drop everything|a ?(?:&|and|n) ?e|er|casualty|ambulance|999|911|112|(?:to|for|needs?)[ -](?:the |an? )?hospital",
)
_WORRYING = (
    r"worr(?:y|ied|ying|isome)|dangerous|serious|red[- ]?flags?|(?:danger|warning|alarm) signs?",
    r"(?:not|\w+n[’']?t|never) (?:be )?(?:wait|ignored?|left|leave)",
)
_BY_SIGNS = (
    r"when (?:do|does|should|would|is|are|to|must|might)|at (?:what|which) (?:point|stage)|signs?|symptoms?",
    r"red[- ]?flags?|(?:is|are) there any(?:thing)?|(?:know|tell|decide|sure) (?:if|when|whether|that|it[’']?s)",
    r"(?:what|which|anything|something)\b.{0,40}\b(?:makes?|means?|send|counts?|(?:must|should)(?: not|n[’']?t))",
    r"(?:should|do|must) (?:i|we|you) (?:need |have )?(?:to )?(?:go|dial|call|ring)",
    r"needs? (?:urgent|emergency|immediate)",
)
_DOCTOR = (
    r"(?:doctors?|docs?|gps?|clinician|nurse|midwife|surgeon|someone|somebody|anyone|anybody|professional|specialist)"
)
_LOOKED_AT = r"(?:looked at|checked|seen|examined|assessed)"
_SEEN = (
    r"(?:see|seen|seeing|show|call|ring|ringing|phone|bother|visit|ask|go to|back to|need) "
    rf"(?:by |to |it )?(?:an? |the |my |your |our )?{_DOCTOR}",
    rf"(?:get|got|gets|have|having|needs?) (?:\w+ )?{_LOOKED_AT}|(?:should|must|to)\b[^.?!]{{0,50}} be {_LOOKED_AT}",
    r"needs? (?:a check|looking at|checking|seeing)|for the doctor|doctor thing",
    r"medical (?:help|advice|attention|care)|(?:get|need|seek) help",
)
_WHETHER_OR_WHEN = (
    r"when|at (?:what|which) (?:point|stage)|how (?:long|soon|quick(?:ly)?|fast|bad|many (?:days|weeks|months))",
    r"signs?|symptoms?|which|what|should|do (?:i|we|you) (?:need|have)|need to|worth|or not",
    r"(?:does|is|can) (?:it|that|this)|can i",
)
_AT_ONCE = _pattern(*_FAST)
# "Pain without any of these emergency signs can wait for an appointment."
_NO_EMERGENCY = _pattern(
    rf"(?:no|not|without|never|rarely|seldom|hardly|\w+n[’']t)\b[^.;:,]{{0,40}}\b(?:{'|'.join(_FAST)})"
)
_ASKING = _pattern(*_FAST, *_WORRYING, *_BY_SIGNS, *_SEEN, "becomes?", "something")
_HOW_FAST, _SIGNS = _pattern(*_FAST, *_WORRYING), _pattern(*_BY_SIGNS)
_TO_BE_SEEN, _ASKED = _pattern(*_SEEN), _pattern(*_WHETHER_OR_WHEN)


def completed(question: str) -> str:
    """The question as it is to be searched and read: itself, unless it asks when to get help."""
    if asks_for_emergencies(question):
        return f"{question.rstrip(' ?.!')} {EMERGENCY}?"
    if _TO_BE_SEEN.search(question) and _ASKED.search(question):
        return f"{question.rstrip(' ?.!')} {DOCTOR}?"
    return question


def subject(question: str) -> frozenset[str]:
    """The stems of what such a question is about: what is left of it when its asking is taken out."""
    return frozenset(terms(_ASKING.sub(" ", question))) - ASPECTS


def asks_for_emergencies(question: str) -> bool:
    """Whether it asks when, or with what signs, there is no time to lose."""
    return bool(_HOW_FAST.search(question) and _SIGNS.search(question))


def tells_of_emergency(text: str, heading: str = "") -> bool:
    """Whether a sentence of an article, or its heading, names care that cannot wait; not if it says that none is."""
    return bool(_AT_ONCE.search(text) or _AT_ONCE.search(heading)) and not _NO_EMERGENCY.search(text)
