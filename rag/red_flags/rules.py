"""Finds the rules that the claims of a message satisfy.

A rule fires when every concept of one of its ``when`` rows is claimed close enough together. What
a rule is, and how it is loaded, stands in ``rulebook``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.red_flags.lexicon import Hit, Join, Lexicon
from rag.red_flags.rulebook import REACH, SEVERITY, Rule, When
from rag.red_flags.scope import BLOCKS, DENIED
from rag.red_flags.words import Words
from rag.schema import Level

LASTING = frozenset({"fact", "history"})
"""Kinds that hold wherever in the message they are told: an illness, an age, an operation."""
UNLESS_REACH = 30
"""How many words away a look-alike still explains a sign; further off, it explains something else."""
CONTEXT_REACH = {"time": 20, "part": 20, "act": 20, "theme": 70}
"""How many words a context of a kind may lie away, unless it lasts."""
CONTEXT_FARTHEST = 60
"""The same for every other kind."""
_NEIGHBOURS = 16
_ANYWHERE = 1_000_000


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that a message met, at what level, and on which hits."""

    rule: Rule
    level: Level
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The claims of a message by concept, joins and wider concepts included."""

    words: Words
    kinds: Mapping[str, str]
    by_concept: dict[str, list[Hit]] = field(default_factory=dict)

    @classmethod
    def gather(cls, words: Words, hits: Iterable[Hit], lexicon: Lexicon) -> Evidence:
        """Hits grouped by concept, then every join they allow."""
        evidence = cls(words, lexicon.kinds)
        for hit in hits:
            evidence._add(hit, lexicon.supers)
        for join in lexicon.joins:
            evidence._join(join, lexicon.supers)
        return evidence

    def _add(self, hit: Hit, supers: Mapping[str, Sequence[str]]) -> None:
        for name in (hit.concept, *supers.get(hit.concept, ())):
            self.by_concept.setdefault(name, []).append(hit)

    def _join(self, join: Join, supers: Mapping[str, Sequence[str]]) -> None:
        if any(slot.isdisjoint(self.by_concept) for slot in join.slots):
            return
        for parts in self.together(join.slots, join.within, live=False):
            scope = 0
            for part in parts:
                scope |= part.scope & (BLOCKS[self.kinds[part.concept]] | DENIED)
            first, last = min(part.first for part in parts), max(part.last for part in parts)
            self._add(Hit(join.concept, first, last, parts, scope), supers)

    def of(self, slot: Iterable[str], despite: int, live: bool = True) -> list[Hit]:
        """The hits of any of these concepts that count, in the order of the message."""
        hits = [
            hit
            for name in sorted(slot)
            for hit in self.by_concept.get(name, ())
            if not live or not hit.scope & BLOCKS[self.kinds[name]] & ~despite
        ]
        return sorted(hits, key=_place)

    def together(
        self, slots: Sequence[frozenset[str]], within: str, despite: int = 0, live: bool = True
    ) -> Iterable[tuple[Hit, ...]]:
        """For each hit of the first slot, the nearest hits of the others within reach of it."""
        others = [self.of(slot, despite, live) for slot in slots[1:]]
        if not all(others) and len(slots) > 1:
            return
        for anchor in self.of(slots[0], despite, live):
            chosen = [anchor]
            for choices in others:
                near = [
                    hit
                    for hit in _beside(choices, anchor)
                    if self._reach(anchor, hit, within) and not _same(hit, anchor)
                ]
                if not near:
                    break
                chosen.append(min(near, key=lambda hit: (_gap(anchor, hit), hit.first)))
            else:
                yield tuple(chosen)

    def around(self, hits: Sequence[Hit], context: Sequence[Sequence[Hit]]) -> list[Hit | None]:
        """The context nearest to the sign among ``hits``; when all are facts, to the first sign of the context."""
        anchors = [hit for hit in hits if self.kinds[hit.concept] not in LASTING] or [
            hit for found in context for hit in found if self.kinds[hit.concept] not in LASTING
        ]
        tries = ([self.nearest(anchor, found) for found in context] for anchor in anchors or hits)
        return next((chosen for chosen in tries if all(chosen)), [None])

    def nearest(self, anchor: Hit, found: Sequence[Hit]) -> Hit | None:
        """The context closest to a hit, if any is near enough and is not the hit itself."""
        near = [
            hit
            for hit in _beside(found, anchor)
            if hit is anchor or (not _inside(hit, anchor) and _gap(anchor, hit) <= self._context_reach(hit))
        ]
        return min(near, key=lambda hit: (_gap(anchor, hit), hit.first), default=None)

    def _context_reach(self, hit: Hit) -> int:
        kind = self.kinds[hit.concept]
        return _ANYWHERE if kind in LASTING else CONTEXT_REACH.get(kind, CONTEXT_FARTHEST)

    def _reach(self, one: Hit, other: Hit, within: str) -> bool:
        sentences, gap = REACH[within]
        apart = abs(self.words.sentence[one.first] - self.words.sentence[other.first])
        return apart <= sentences and _gap(one, other) <= gap


def _place(hit: Hit) -> int:
    return hit.first


def _beside(found: Sequence[Hit], anchor: Hit) -> Sequence[Hit]:
    """The few hits on either side of one: looking no further keeps the time linear."""
    here = bisect_left(found, anchor.first, key=_place)
    return found[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS]


def _same(one: Hit, other: Hit) -> bool:
    return one.first == other.first and one.last == other.last and one.concept == other.concept


def _inside(one: Hit, other: Hit) -> bool:
    """Whether two hits are the very same words."""
    return one.first == other.first and one.last == other.last


def _gap(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


def met(rules: Sequence[Rule], evidence: Evidence, despite: int = 0) -> list[Firing]:
    """The rules that the evidence satisfies, most severe first, each at the highest level it reaches."""
    present = evidence.by_concept.keys()
    firings = [firing for rule in rules if (firing := _meet(rule, evidence, present, despite))]
    return sorted(firings, key=lambda firing: SEVERITY.index(firing.level))


def _meet(rule: Rule, evidence: Evidence, present: Iterable[str], despite: int) -> Firing | None:
    best: Firing | None = None
    for when in rule.when:
        if any(slot.isdisjoint(present) for slot in when.slots):
            continue
        if best and SEVERITY.index(best.level) <= SEVERITY.index(when.level):
            continue
        if hits := _satisfied(when, evidence, despite):
            best = Firing(rule, when.level, hits)
    return best


def _satisfied(when: When, evidence: Evidence, despite: int) -> tuple[Hit, ...]:
    despite |= when.despite
    spoilers = evidence.of(when.unless & evidence.by_concept.keys(), 0) if when.unless else []
    context = [evidence.of(slot, despite) for slot in when.context]
    if not all(context):
        return ()
    for hits in evidence.together(when.slots, when.within, despite):
        if any(_gap(hit, spoiler) <= UNLESS_REACH for hit in hits for spoiler in _beside(spoilers, hit)):
            continue
        nearby = evidence.around(hits, context)
        if all(nearby):
            return (*hits, *(hit for hit in nearby if hit))
        if all(evidence.kinds[hit.concept] in LASTING for hit in hits):
            break  # a fact holds everywhere: another mention of it finds no more
    return ()
