"""Loads the rules, strictly, and finds those that the claims of a message satisfy.

A rule fires when every concept of one of its ``when`` rows is claimed close enough together. A rule without a source
and without examples on both sides is refused: nothing here may interrupt a person without saying on whose word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import InputRefused
from rag.red_flags.lexicon import Hit, Join, Lexicon, read_toml, slots_of
from rag.red_flags.scope import ASKED, BLOCKS, DENIED, OTHER, OVER, PAST, SUPPOSED
from rag.red_flags.words import Words
from rag.schema import Level, RuleSource

SEVERITY = (Level.EMERGENCY, Level.URGENT, Level.ROUTINE)
REACH = {"phrase": (0, 3), "clause": (0, 7), "sentence": (0, 20), "near": (1, 32), "message": (9999, 70)}
LASTING = frozenset({"fact", "history"})
"""Kinds that hold wherever in the message they are told: an illness, an age, an operation."""
UNLESS_REACH = 30
"""How many words away a look-alike still explains a sign; further off, it explains something else."""
_NEIGHBOURS = 16
CONTEXT_REACH = 70
"""How many words a context may lie away; a fact (an illness, an age) may lie anywhere."""
"""For each window: how many sentences apart two hits may stand, and how many words may lie between them."""

_FLAGS = {
    "denied": DENIED, "supposed": SUPPOSED, "past": PAST, "over": OVER, "asked": ASKED, "other": OTHER,
}  # fmt: skip
_RULE_KEYS = frozenset(
    {"level", "title", "message", "action", "source", "when", "fires", "silent", "unless", "version"}
)
_WHEN_KEYS = frozenset({"all", "within", "with", "unless", "level", "despite"})
_SOURCE_KEYS = frozenset({"name", "section", "url", "reviewed"})
_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class When:
    """One way a rule can be met: all of ``slots`` within reach of the first, and what else must or must not be said."""

    slots: tuple[frozenset[str], ...]
    within: str
    context: tuple[frozenset[str], ...]
    unless: frozenset[str]
    level: Level
    despite: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One red flag."""

    id: str
    level: Level
    title: str
    message: str
    action: str
    source: RuleSource
    when: tuple[When, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]


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
            if hit is anchor
            or (not _inside(hit, anchor) and (self.kinds[hit.concept] in LASTING or _gap(anchor, hit) <= CONTEXT_REACH))
        ]
        return min(near, key=lambda hit: (_gap(anchor, hit), hit.first), default=None)

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


# ---------------------------------------------------------------------------------------------------------- loading


def load_rules(folder: Path, lexicon: Lexicon, actions: Iterable[str]) -> tuple[Rule, ...]:
    """Every rule of a folder, in the order of files and lines. Raises ``InputRefused`` on anything irregular."""
    known = frozenset(actions)
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise InputRefused(f"{folder}: no rule files (*.toml) here; name the folder that holds them")
    rules: dict[str, Rule] = {}
    for path in paths:
        for name, table in read_toml(path).items():
            where = f"{path.name}: rule {name!r}"
            if name in rules:
                raise InputRefused(f"{where} is defined twice; give each rule its own id")
            rules[name] = _rule(where, name, table, lexicon, known)
    return tuple(rules.values())


def _rule(where: str, name: str, table: object, lexicon: Lexicon, actions: frozenset[str]) -> Rule:
    if not isinstance(table, dict):
        raise InputRefused(f"{where} is not a table; write it as [{name}]")
    _only(where, table, _RULE_KEYS)
    level = _level(where, _text(where, table, "level"))
    if (action := _text(where, table, "action")) not in actions:
        raise InputRefused(f"{where} names the action {action!r}; actions.toml has {', '.join(sorted(actions))}")
    whens = table.get("when")
    if not isinstance(whens, list) or not whens:
        raise InputRefused(f"{where} has no 'when'; say which concepts must be claimed together")
    unless = frozenset().union(*slots_of(table.get("unless", ()), lexicon.kinds, where))
    return Rule(
        id=name,
        level=level,
        title=_text(where, table, "title"),
        message=_text(where, table, "message"),
        action=action,
        source=_source(where, table.get("source")),
        when=tuple(_when(where, when, level, unless, lexicon) for when in whens),
        fires=_examples(where, table, "fires"),
        silent=_examples(where, table, "silent"),
    )


def _only(where: str, table: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if strange := set(table) - allowed:
        raise InputRefused(f"{where} has the unknown key {min(strange)!r}; allowed are {', '.join(sorted(allowed))}")


def _text(where: str, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputRefused(f"{where} has no {key!r}; write one")
    return " ".join(value.split())


def _level(where: str, value: str) -> Level:
    try:
        level = Level(value)
    except ValueError:
        level = Level.NONE
    if level not in SEVERITY:
        raise InputRefused(f"{where} has the level {value!r}; use {', '.join(SEVERITY)}")
    return level


def _source(where: str, table: object) -> RuleSource:
    if not isinstance(table, dict):
        raise InputRefused(f"{where} has no source; name the guidance it rests on")
    _only(f"{where}: its source", table, _SOURCE_KEYS)
    texts = {key: _text(f"{where}: its source", table, key) for key in sorted(_SOURCE_KEYS)}
    try:
        date.fromisoformat(texts["reviewed"])
    except ValueError as error:
        raise InputRefused(f"{where}: 'reviewed' is {texts['reviewed']!r}; write a date as 2026-11-22") from error
    return RuleSource(**texts)


def _when(where: str, table: object, level: Level, unless: frozenset[str], lexicon: Lexicon) -> When:
    if not isinstance(table, dict) or not table.get("all"):
        raise InputRefused(f"{where} has a 'when' without 'all'; name its concepts")
    _only(f"{where}: a 'when'", table, _WHEN_KEYS)
    within = table.get("within", "sentence")
    if within not in REACH:
        raise InputRefused(f"{where} has the window {within!r}; use one of {', '.join(REACH)}")
    despite = 0
    for name in table.get("despite", ()):
        if name not in _FLAGS:
            raise InputRefused(f"{where} has the unknown scope {name!r}; use one of {', '.join(_FLAGS)}")
        despite |= _FLAGS[name]

    def slots(key: str) -> tuple[frozenset[str], ...]:
        return slots_of(table.get(key, ()), lexicon.kinds, where)

    return When(
        slots=slots("all"),
        within=within,
        context=slots("with"),
        unless=unless.union(*slots("unless")),
        level=_level(where, table["level"]) if "level" in table else level,
        despite=despite,
    )


def _examples(where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    text = table.get(key, "")
    examples = tuple(line.strip() for line in text.splitlines() if line.strip()) if isinstance(text, str) else ()
    if len(examples) < _EXAMPLES:
        raise InputRefused(f"{where} has {len(examples)} examples under {key!r}; write at least {_EXAMPLES}")
    return examples
