"""Finds the concepts a message speaks of: every phrase of every lexicon, in one pass over its words.

A concept is a thing people say in many ways (``lexicon/*.toml``). Its forms are short phrases:
``a/b`` either word · ``(a)`` may be missing · ``..`` up to four words between · ``<name>`` any form of a word class ·
``=`` in front keeps every word, where otherwise small words (the, my, really) are ignored on both sides.
A concept may also *join* others that stand close together, or include others whole (``also``).
What a hit means for the person, denied or real, is decided in ``scope``; what follows from it, in ``rules``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from rag.errors import InputRefused
from rag.red_flags.stem import stem
from rag.red_flags.words import Words

KINDS = frozenset({"sign", "fact", "act", "part", "time", "cue"})
SMALL = frozenset(
    "a an the my our your his her their its this that these those some any very really so quite just even actually "
    "properly completely totally fully absolutely literally basically honestly pretty fairly rather somewhat slightly "
    "awfully terribly incredibly extremely super like um uh er erm lol please also too kinda sorta little bit still "
    "already almost nearly practically virtually only right left whole entire own is am are was were be been of "
    "lower upper side well now me i to in on at as suddenly again also or and it then being yaar ji only ah oh one".split()
)
"""Words that a phrase may step over. None of them turns a statement round."""

_EXACT = frozenset({"cue", "fact"})
"""Kinds whose small words count: "nearly wet myself" is a joke, "wet myself" is not."""

GAP = ".."
_END = ""  # the key under which a node of the table keeps the concepts that end there
_KEYS = frozenset({"kind", "forms", "joins", "within", "also", "note"})
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept met in the message, over the words ``first`` up to but not including ``last``."""

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
    """All phrases, ready to be met; the table below a first word is built when that word first turns up."""

    kinds: Mapping[str, str]
    supers: Mapping[str, tuple[str, ...]]
    joins: tuple[Join, ...]
    vocabulary: frozenset[str]
    classes: Mapping[str, tuple[tuple[str, ...], ...]]
    lines: Mapping[str, list[tuple[str, str]]]
    _nodes: dict[str, Node] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Every ``*.toml`` of a folder. Raises ``InputRefused`` on an unknown key, kind or concept."""
        tables: dict[str, Mapping[str, Any]] = {}
        classes: dict[str, tuple[tuple[str, ...], ...]] = {}
        for path in sorted(folder.glob("*.toml")):
            content = read_toml(path)
            for name, text in content.pop("classes", {}).items():
                classes[name] = tuple(tuple(line.split()) for line in _lines(text))
            for name, table in content.items():
                _check(path, name, table, tables)
                tables[name] = table
        return cls(
            kinds={name: table["kind"] for name, table in tables.items()},
            supers=_supers(tables),
            joins=_joins(tables),
            vocabulary=_vocabulary(tables, classes),
            classes=classes,
            lines=_by_first_word(tables, classes),
        )

    def hits(self, words: Words) -> list[Hit]:
        """Every phrase met, in order; the caller decides which of those that overlap count."""
        found: list[Hit] = []
        for first, form in enumerate(words.form):
            node = self._nodes.get(form)
            if node is None:
                if form not in self.lines:
                    continue
                node = self._grow(form)
            self._walk(node, first, words, found)
        return found

    def _walk(self, node: Node, first: int, words: Words, found: list[Hit]) -> None:
        forms, sentence = words.form, words.sentence
        stack = [(node, first + 1, 0)]
        seen: set[tuple[str, int]] = set()
        while stack:
            node, place, free = stack.pop()
            for concept in node.get(_END, ()) if free >= 0 else ():
                if (concept, place) not in seen:
                    seen.add((concept, place))
                    found.append(Hit(concept, first, place))
            free = max(free, 0)
            if place >= len(forms) or sentence[place] != sentence[first]:
                continue
            if (child := node.get(forms[place])) is not None:
                stack.append((child, place + 1, 0))
            if len(node) > (_END in node) and (free or words.raw[place] in SMALL):
                stack.append((node, place + 1, free - 1 or -1 if free else -1))
            if (child := node.get(GAP)) is not None:
                stack.append((child, place, 4))

    def _grow(self, form: str) -> Node:
        root: Node = {}
        for line, concept in self.lines[form]:
            for phrase in _phrases(line, self.classes):
                if phrase[0] == form:
                    node = root
                    for word in phrase[1:]:
                        node = node.setdefault(word, {})
                    node[_END] = (*node.get(_END, ()), concept)
        self._nodes[form] = root
        return root


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises ``InputRefused`` when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{path.name}: cannot be read ({error}); correct the file and load again") from error


def _check(path: Path, name: str, table: Any, known: Mapping[str, object]) -> None:
    if name in known:
        raise InputRefused(f"{path.name}: concept {name!r} is defined twice; merge the two")
    if not isinstance(table, dict) or table.get("kind") not in KINDS:
        raise InputRefused(f"{path.name}: concept {name!r} needs a kind, one of {', '.join(sorted(KINDS))}")
    if strange := set(table) - _KEYS:
        raise InputRefused(f"{path.name}: concept {name!r} has the unknown key {min(strange)!r}; remove it")


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for piece in line.split(","):
            if piece := piece.strip():
                yield piece


def _vocabulary(
    tables: Mapping[str, Mapping[str, Any]], classes: Mapping[str, tuple[tuple[str, ...], ...]]
) -> frozenset[str]:
    text = " ".join(str(table.get("forms", "")) for table in tables.values())
    marks = str.maketrans("/()=,.<>#|_", " " * 11)
    words = set(text.translate(marks).split())
    words.update(word for forms in classes.values() for form in forms for word in " ".join(form).translate(marks).split())
    return frozenset(words)


def _by_first_word(
    tables: Mapping[str, Mapping[str, Any]], classes: Mapping[str, tuple[tuple[str, ...], ...]]
) -> dict[str, list[tuple[str, str]]]:
    index: dict[str, list[tuple[str, str]]] = {}
    for concept, table in tables.items():
        exact = table["kind"] in _EXACT
        for line in _lines(table.get("forms", "")):
            line = "=" + line.removeprefix("=") if exact else line
            for word in _first_words(line, classes):
                index.setdefault(word, []).append((line, concept))
    return index


def _first_words(line: str, classes: Mapping[str, tuple[tuple[str, ...], ...]]) -> Iterable[str]:
    head = line.removeprefix("=").split(" ", 1)[0]
    if head.isalnum() and (head not in SMALL or line.startswith("=")):
        return (stem(head),)
    return dict.fromkeys(phrase[0] for phrase in _phrases(line, classes))


def _phrases(line: str, classes: Mapping[str, tuple[tuple[str, ...], ...]]) -> Iterator[tuple[str, ...]]:
    """Every phrase a form stands for, each a tuple of stems."""
    literal = line.startswith("=")
    choices = [_choices(element, classes) for element in line.removeprefix("=").split()]
    for combination in product(*choices):
        words = tuple(word for part in combination for word in part)
        kept = tuple(word for word in words if word not in SMALL)
        if literal or len(kept) < 2 <= len(words):
            kept = words  # one word left of several: the small ones were the point ("my bits", "since I was")
        if kept:
            yield tuple(word if word == GAP else stem(word) for word in kept)


@lru_cache(maxsize=None)
def _plain_choices(element: str) -> tuple[tuple[str, ...], ...]:
    if element == GAP:
        return ((GAP,),)
    maybe = element.startswith("(") and element.endswith(")")
    inner = element[1:-1] if maybe else element
    options = tuple(tuple(option.split("_")) for option in inner.split("/"))
    return (*options, ()) if maybe else options


def _choices(element: str, classes: Mapping[str, tuple[tuple[str, ...], ...]]) -> tuple[tuple[str, ...], ...]:
    if "<" not in element:
        return _plain_choices(element)
    maybe = element.startswith("(")
    forms = classes[element.strip("()<>")]
    expanded = tuple(
        tuple(word for part in combination for word in part)
        for form in forms
        for combination in product(*(_plain_choices(word) for word in form))
    )
    return (*expanded, ()) if maybe else expanded


def _supers(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """For each concept, the wider ones it also counts as."""
    direct: dict[str, set[str]] = {name: set() for name in tables}
    for name, table in tables.items():
        for narrower in table.get("also", ()):
            if narrower not in tables:
                raise InputRefused(f"concept {name!r} includes {narrower!r}, which no lexicon defines")
            direct[narrower].add(name)
    return {name: tuple(sorted(_closure(name, direct))) for name in tables}


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
