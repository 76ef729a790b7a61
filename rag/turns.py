"""Whose turn it is: candidates in the order in which they are heard, and what each of them speaks to.

The most probable comes first. Of a comparison each sentence speaks to a side, of a question in parts to a part; of one
that asks for emergencies, what names one is heard before what is about as likely and does not. Chooses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from rag.candidates import Candidate
from rag.index import Index
from rag.schema import Sentence
from rag.sides import Sides
from rag.urgency import tells_of_emergency
from rag.weigh import probability

# A sentence less probable than this share of the best adds more doubt than facts.
CUT_OFF = 0.5
# What answers a part of a question more likely than not comes before what answers the whole.
_LIKELY = 0.5

Likely = tuple[float, Candidate]


@dataclass(frozen=True, slots=True)
class Turns:
    """Candidates in order, with how likely each answers, and by sentence id the side or part it speaks to, if any."""

    ranked: tuple[Likely, ...]
    about: Mapping[int, int | None]

    @property
    def heard(self) -> tuple[Likely, ...]:
        """The first of all, the first about each side or part, so that all find room, and the others."""
        best_of: dict[int, Likely] = {}
        for pair in self.ranked:
            side = self.about[pair[1].sentence.id]
            if side is not None:
                best_of.setdefault(side, pair)
        ahead = [*self.ranked[:1], *(pair for pair in self.ranked[1:] if pair in best_of.values())]
        return (*ahead, *(pair for pair in self.ranked if pair not in ahead))


def likeliest_first(found: Sequence[Candidate], index: Index, compared: Sides | None = None) -> Turns:
    """The most probable first; of a comparison, each about the side it names."""
    about = {one.sentence.id: compared.of(index.text(one.sentence)) if compared else None for one in found}
    return Turns(tuple(_likeliest(found)), about)


def emergencies_first(found: Sequence[Candidate], index: Index) -> Turns:
    """What names an emergency, itself or in its heading, before what does not, if it is not too far behind the best."""
    likeliest = _likeliest(found)
    about = {one.sentence.id: 0 if _names_emergency(one.sentence, index) else None for one in found}
    enough = CUT_OFF * max((likely for likely, _ in likeliest), default=0)
    ahead = [pair for pair in likeliest if pair[0] >= enough and about[pair[1].sentence.id] == 0]
    return Turns((*ahead, *(pair for pair in likeliest if pair not in ahead)), about)


def parts_first(whole: Turns, parts: Sequence[Turns]) -> Turns:
    """The first about each part that has a likely one, then the others, as likely as they answer the whole or any of
    those parts; each about the part to whose first it is nearest.
    """
    answered = [part.ranked for part in parts if part.ranked and part.ranked[0][0] >= _LIKELY]
    every = merge(whole.ranked, *answered, key=lambda pair: -pair[0])  # each in its own order: emergencies stay ahead
    first: dict[int, Likely] = {}
    for pair in (*(ranked[0] for ranked in answered), *every):
        first.setdefault(pair[1].sentence.id, pair)
    beside = [{one.sentence.id: likely / part[0][0] for likely, one in part} for part in answered]

    def nearest(sentence: int) -> int | None:
        holding = [part for part, shares in enumerate(beside) if sentence in shares]
        return max(holding, key=lambda part: beside[part][sentence], default=None)

    return Turns(tuple(first.values()), {sentence: nearest(sentence) for sentence in first})


def _likeliest(found: Sequence[Candidate]) -> list[Likely]:
    return sorted(((probability(one), one) for one in found), key=lambda pair: -pair[0])


def _names_emergency(sentence: Sentence, index: Index) -> bool:
    return tells_of_emergency(index.text(sentence), sentence.section)
