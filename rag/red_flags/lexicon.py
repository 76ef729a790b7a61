"""Finds the concepts a message speaks of: every phrase of every lexicon, in one pass over its words.

A concept is a thing people say in many ways (``lexicon/*.toml``). Its forms are short phrases:
``a/b`` either word · ``(a)`` may be missing · ``..`` up to four words between · ``<name>`` any form of a word class ·
``=`` in front keeps every word, where otherwise small words (the, my, really) are ignored on both sides.
A concept may also *join* others that stand close together, or include others whole (``also``).
What a hit means for the person, denied or real, is decided in ``scope``; what follows from it, in ``rules``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import InputRefused
from rag.red_flags.forms import GAP, SMALL, Forms, State, lines_of
from rag.red_flags.words import Words

KINDS = frozenset({"sign", "fact", "history", "excuse", "act", "part", "theme", "time", "cue"})
_GAP_WORDS = 4
_LONGEST = 24  # words a phrase may span, small ones and gaps included
_KEYS = frozenset({"kind", "forms", "joins", "within", "also", "note"})


class Hit(NamedTuple):
    """A concept met in the message, over the words ``first`` up to but not including ``last``.

    A tuple, because a message has hundreds of them and a tuple is the quickest of all things to make.
    """

    concept: str
    first: int
    last: int
    parts: tuple[Hit, ...] = ()
    scope: int = 0
    """How the person means it: a set of ``scope`` flags, none when it is simply claimed."""

    def leaves(self) -> Iterator[Hit]:
        """The phrases this hit was made of; itself when it is one."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True, slots=True)
class Join:
    """Concepts that make another when they stand close together; ``slots[0]`` is the one looked for first."""

    concept: str
    slots: tuple[frozenset[str], ...]
    within: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases, ready to be met; those behind a first word are built when that word first turns up."""

    kinds: Mapping[str, str]
    counts_as: Mapping[str, tuple[str, ...]]
    joins: tuple[Join, ...]
    vocabulary: frozenset[str]
    forms: Forms

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Every ``*.toml`` of a folder. Raises ``InputRefused`` on an unknown key, kind or concept."""
        tables: dict[str, Mapping[str, Any]] = {}
        classes: dict[str, tuple[str, ...]] = {}
        for path in sorted(folder.glob("*.toml")):
            content = read_toml(path)
            for name, text in content.pop("classes", {}).items():
                classes[name] = tuple(lines_of(text))
            for name, table in content.items():
                _check(path, name, table, tables)
                tables[name] = table
        forms = Forms.index(tables, classes)
        return cls(
            kinds={name: table["kind"] for name, table in tables.items()},
            counts_as=_counts_as(tables),
            joins=_joins(tables),
            vocabulary=_vocabulary(tables, classes),
            forms=forms,
        )

    def hits(self, words: Words) -> list[Hit]:
        """Every phrase met, in order; the caller decides which of those that overlap count."""
        found: list[Hit] = []
        forms = (*words.form, "")  # with an end, so that every word has one after it
        small = [*map(SMALL.__contains__, words.raw), False]
        states = [*map(self.forms.behind, words.form)]
        for begin, end in words.sentences().values():
            for first in range(begin, end):
                state = states[first]
                if state and (state.concepts or state.gap or small[first + 1] or forms[first + 1] in state.ahead):
                    _walk(state, first, min(end, first + _LONGEST), forms, small, found)
        return found


def _walk(state: State, first: int, stop: int, forms: Sequence[str], small: Sequence[bool], found: list[Hit]) -> None:
    """Follows every phrase that starts at a word, stepping over small words and gaps.

    ``free`` is how many words of a gap may still be stepped over; below zero, none and a small word was.
    """
    met: list[Hit] = []
    make = tuple.__new__  # Hit(...) fills in what is left out, at twice the price
    waiting = [(state, first + 1, 0)]
    while waiting:
        state, place, free = waiting.pop()
        if free >= 0 and state.concepts:
            met += [make(Hit, (concept, first, place, (), 0)) for concept in state.concepts]
        if not (ahead := state.ahead):
            continue
        many = state.gap or state.concepts  # what opens a gap, or ends with one, is looked at word by word
        while place < stop:
            if forms[place] in ahead:
                waiting.append((state.step(forms[place]), place + 1, 0))
            skips = free > 0 or small[place]
            place, free = place + 1, free - 1 if free > 1 else -1
            if many and (state.gap or free > 0):
                if skips:
                    waiting.append((state, place, free))
                if state.gap:
                    waiting.append((state.step(GAP), place - 1, _GAP_WORDS))
                break
            if not skips:
                break
    found += dict.fromkeys(met) if len(met) > 1 else met  # two ways may lead to the same end


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises ``InputRefused`` when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{path.name}: cannot be read ({error}); correct the file and load again") from error


def _check(path: Path, name: str, table: object, known: Mapping[str, object]) -> None:
    if name in known:
        raise InputRefused(f"{path.name}: concept {name!r} is defined twice; merge the two")
    if not isinstance(table, dict) or table.get("kind") not in KINDS:
        raise InputRefused(f"{path.name}: concept {name!r} needs a kind, one of {', '.join(sorted(KINDS))}")
    if strange := set(table) - _KEYS:
        raise InputRefused(f"{path.name}: concept {name!r} has the unknown key {min(strange)!r}; remove it")


def _vocabulary(tables: Mapping[str, Mapping[str, Any]], classes: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    text = " ".join(str(table.get("forms", "")) for table in tables.values())
    marks = str.maketrans("/()=,.<>#|_", " " * 11)
    words = set(text.translate(marks).split())
    words.update(word for lines in classes.values() for line in lines for word in line.translate(marks).split())
    return frozenset(words)


def _counts_as(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """For each concept, itself and the wider ones it also counts as."""
    direct: dict[str, set[str]] = {name: set() for name in tables}
    for name, table in tables.items():
        for narrower in table.get("also", ()):
            if narrower not in tables:
                raise InputRefused(f"concept {name!r} includes {narrower!r}, which no lexicon defines")
            direct[narrower].add(name)
    return {name: (name, *sorted(_closure(name, direct))) for name in tables}


def _closure(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        for wider in direct[waiting.pop()] - reached:
            reached.add(wider)
            waiting.append(wider)
    return reached


def slots_of(texts: Iterable[str], known: Mapping[str, object], where: str) -> tuple[frozenset[str], ...]:
    """``["a|b", "c"]`` as slots. Raises ``InputRefused`` when a slot names a concept that no lexicon defines."""
    slots = tuple(frozenset(part.strip() for part in text.split("|")) for text in texts)
    for name in sorted(set().union(*slots) - set(known)):
        raise InputRefused(f"{where} names the concept {name!r}, which no lexicon defines")
    return slots


def _joins(tables: Mapping[str, Mapping[str, Any]]) -> tuple[Join, ...]:
    """All joins, those made of other joins after them."""
    made = {name: table for name, table in tables.items() if table.get("joins")}
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise InputRefused(f"concept {name!r} is joined from itself ({' → '.join((*path, name))})")
        if name in order:
            return
        table = tables[name]
        needs = [part.strip() for slots in table.get("joins", ()) for slot in slots for part in slot.split("|")]
        for need in (*needs, *table.get("also", ())):
            if need in tables and need != name:
                visit(need, (*path, name))
        order.append(name)

    for name in tables:
        visit(name, ())
    return tuple(
        Join(name, slots_of(slots, tables, f"concept {name!r}"), made[name].get("within", "clause"))
        for name in order
        if name in made
        for slots in made[name]["joins"]
    )
