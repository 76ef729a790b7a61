"""Passages to the sentences that answer, or to none. Returns ids of sentences it was offered; writes no word.

The most probable candidate, and those close behind it that add something, are chosen; a sentence that leans on another
brings it along or stays out. Of a comparison each side is heard: the best sentence about a side comes before others
and needs less. The best comes first: a reader wants the answer, then the rest, side by side if it is a comparison. Of a
question that asks several things, what answers each part comes before what answers the whole, in the order asked. Who
asks for emergencies is told them first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.candidates import Candidate, Features, offered
from rag.index import Index
from rag.leaning import with_support
from rag.lexical import terms
from rag.reader import Reader
from rag.reading import read
from rag.retrieve import Evidence
from rag.schema import Sentence
from rag.settings import Settings
from rag.sides import Sides, sides
from rag.turns import CUT_OFF, Turns, emergencies_first, likeliest_first, parts_first
from rag.urgency import asks_for_emergencies
from rag.weigh import confidence, probability

# The first one about a side of a comparison may be this much less probable.
_HEARD = 0.3
# A side that takes more words than this to name may have been misread.
_SHORT_NAME = 3
# One that shares more than this of the stems of the shorter of the two, and brings no number of its own, only repeats.
_SHARED = 0.74


class Fate(StrEnum):
    """What became of a sentence that was considered."""

    CHOSEN = "chosen"
    BEHIND = "too far behind the best"
    LEANS = "leans on what cannot be quoted with it"
    REPEATS = "says what is said already"
    NO_ROOM = "no room left"


@dataclass(frozen=True, slots=True)
class Considered:
    """A sentence, how likely it answers and by what, and what became of it."""

    sentence: Sentence
    probability: float
    features: Features
    fate: Fate


@dataclass(frozen=True, slots=True)
class Draft:
    """The chosen sentences, how sure we are, and all considered, most probable first.

    Each statement holds the id of a sentence that answers, then the ids of those it leans on. ``question`` is what was
    searched for and read, repaired and completed. ``unheard`` names the sides of a comparison that nothing that was
    read is about, ``unanswered`` the parts, by number, that nothing answers while something answers another.
    """

    question: str
    statements: tuple[tuple[int, ...], ...]
    confidence: float
    considered: tuple[Considered, ...]
    unheard: tuple[str, ...] = ()
    unanswered: tuple[int, ...] = ()


def extract(
    evidence: Evidence, index: Index, reader: Reader | None, settings: Settings, parts: Sequence[Evidence] = ()
) -> Draft:
    """At most ``max_statements`` sentences that answer; the caller decides whether ``confidence`` suffices.

    ``parts`` holds what was found for each part of a question that asks several things, in their order. What answers
    a part joins what answers the whole: a part read alone has lost what the others say of it, and chooses worse. Each
    is answered or not as a question of its own would be: who asks two things is told the one that the articles answer.
    """
    near = {number: one for found in (evidence, *parts) for number, one in offered(found, index).items()}
    whole, *by_part = (read(one, index, near, reader) for one in (evidence, *parts))
    sure = [_sure(part, found, index, reader) for part, found in zip(parts, by_part, strict=True)]
    answered = [at for at, one in enumerate(sure) if one >= settings.threshold]
    compared = sides(evidence.question)
    turns = _turns(evidence, whole, index, compared)
    if answered:
        turns = parts_first(turns, [_turns(parts[at], by_part[at], index) for at in answered])
    statements, considered = chosen(turns, near, index, settings.max_statements)
    return Draft(
        evidence.question,
        statements,
        confidence=max([_sure(evidence, whole, index, reader), *(sure[at] for at in answered)]),
        considered=considered,
        unheard=_unheard(compared, [one for found in (whole, *by_part) for one in found], index),
        unanswered=tuple(at for at in range(len(parts)) if at not in answered) if answered else (),
    )


def _sure(evidence: Evidence, found: Sequence[Candidate], index: Index, reader: Reader | None) -> float:
    """The confidence in what was found; of a question that was completed, in what was found for it as asked."""
    asked = evidence.as_asked or evidence
    if not asked.names_something or (asked.unmentioned and sides(asked.question) is None):
        return 0.0
    if asked is evidence:
        return confidence(found)
    return confidence(read(asked, index, offered(asked, index), reader))


def _turns(evidence: Evidence, found: Sequence[Candidate], index: Index, compared: Sides | None = None) -> Turns:
    if asks_for_emergencies(evidence.question):
        return emergencies_first(found, index)
    return likeliest_first(found, index, compared)


def chosen(
    turns: Turns, near: Mapping[int, Sentence], index: Index, limit: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[Considered, ...]]:
    """What is chosen, in reading order, and what became of all; ``near`` holds them and what they may lean on."""
    groups: list[tuple[int, ...]] = []
    considered: list[Considered] = []
    best = 0.0
    heard: dict[int, int | None] = {}
    for likely, one in turns.heard:
        group = with_support(one.sentence, near, index.text)
        side = turns.about[one.sentence.id]
        share = CUT_OFF if side is None or side in heard.values() else _HEARD
        fate = Fate.BEHIND if likely < best * share else _fate(one.sentence, group, groups, index, limit)
        if fate is Fate.CHOSEN and group is not None:
            groups.append((one.sentence.id, *(number for number in group if number != one.sentence.id)))
            heard[one.sentence.id] = side
            best = max(best, likely)
        considered.append(Considered(one.sentence, probability(one), one.features, fate))
    considered.sort(key=lambda one: -one.probability)
    return _in_reading_order(groups, index, heard), tuple(considered)


def _unheard(compared: Sides | None, found: Sequence[Candidate], index: Index) -> tuple[str, ...]:
    """The short names of sides whose words stand in no sentence that was read, nor in its title or section."""
    if compared is None:
        return ()
    told = {stem for one in found for stem in terms(index.text(one.sentence) + " " + one.sentence.section)}
    told |= {
        stem for one in found if (article := index.article(one.sentence.article_id)) for stem in terms(article.title)
    }
    named = zip((compared.one, compared.other), compared.names, strict=True)
    missing = tuple(name for stems, name in named if not stems & told and len(name.split()) <= _SHORT_NAME)
    return missing if len(missing) == 1 else ()


def _fate(
    sentence: Sentence, group: tuple[int, ...] | None, groups: Sequence[tuple[int, ...]], index: Index, limit: int
) -> Fate:
    if group is None:
        return Fate.LEANS
    if _repeats(sentence, groups, index):
        return Fate.REPEATS
    return Fate.CHOSEN if _fits(groups, group, limit) else Fate.NO_ROOM


def _fits(groups: Sequence[tuple[int, ...]], group: tuple[int, ...], limit: int) -> bool:
    return len({number for one in (*groups, group) for number in one}) <= limit


def _repeats(sentence: Sentence, groups: Sequence[tuple[int, ...]], index: Index) -> bool:
    """Whether a chosen sentence already says this."""
    chosen = sorted({number for group in groups for number in group})
    if not chosen:
        return False
    if sentence.id in chosen:
        return True
    own = set(terms(index.text(sentence)))
    said = [set(terms(index.text(one))) for one in index.sentences(chosen)]
    return any(_adds_nothing(own, other) for other in said)


def _adds_nothing(own: set[str], said: set[str]) -> bool:
    has_number = any(any(char.isdigit() for char in stem) for stem in own - said)
    return not has_number and len(own & said) > _SHARED * min(len(own), len(said))


def _in_reading_order(
    groups: Sequence[tuple[int, ...]], index: Index, heard: Mapping[int, int | None]
) -> tuple[tuple[int, ...], ...]:
    """The best statement first; then article by article, the better one first, each as it was written.

    Of a comparison, what is about one side comes next, then what is about neither or both, then the other side; of a
    question in parts, what is about the first part, then the second.
    What an earlier statement has said is not said again: what leans on it comes right behind it instead.
    """
    if not groups:
        return ()
    sentences = index.sentences(number for group in groups for number in group)
    article = {sentence.id: sentence.article_id for sentence in sentences}
    articles = list(dict.fromkeys((heard[group[0]], article[group[0]]) for group in groups))
    first = next((side for side in heard.values() if side is not None), None)

    def turn(group: tuple[int, ...]) -> tuple[int, int, int]:
        side = heard[group[0]]
        place = 1 if side is None else 0 if side == first else 2 + side
        return place, articles.index((side, article[group[0]])), group[0]

    told: list[tuple[int, ...]] = []
    for group in (groups[0], *sorted(groups[1:], key=turn)):
        behind = max((place for place, one in enumerate(told, start=1) if set(one) & set(group)), default=len(told))
        told.insert(behind, group)
    said: set[int] = set()
    statements: list[tuple[int, ...]] = []
    for group in told:
        statements.append(tuple(number for number in group if number not in said))
        said |= set(group)
    return tuple(statement for statement in statements if statement)
