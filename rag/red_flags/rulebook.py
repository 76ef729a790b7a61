"""The rule book: what a rule is, and loading it, strictly.

A rule without a source and without examples on both sides is refused: nothing here may interrupt a person without
saying on whose word. What a message satisfies is decided in ``rules``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import InputRefused
from rag.red_flags.lexicon import Lexicon, read_toml, slots_of
from rag.red_flags.paint import ASKED, DENIED, OTHER, OVER, PAST, SUPPOSED
from rag.schema import Level, RuleSource

SEVERITY = (Level.EMERGENCY, Level.URGENT, Level.ROUTINE)
REACH = {"phrase": (0, 3), "clause": (0, 7), "sentence": (0, 20), "near": (1, 32), "message": (9999, 70)}
"""For each window: how many sentences apart two hits may stand, and how many words may lie between them."""

_FLAGS = {
    "denied": DENIED, "supposed": SUPPOSED, "past": PAST, "over": OVER, "asked": ASKED, "other": OTHER,
}  # fmt: skip
_RULE_KEYS = frozenset(
    {"level", "title", "message", "action", "source", "when", "fires", "silent", "unless", "version", "certain"}
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
    """One red flag. A ``certain`` one is never doubted (see ``opinion``)."""

    id: str
    level: Level
    title: str
    message: str
    action: str
    source: RuleSource
    when: tuple[When, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    certain: bool = False


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
        certain=_certain(where, table),
    )


def _only(where: str, table: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if strange := set(table) - allowed:
        raise InputRefused(f"{where} has the unknown key {min(strange)!r}; allowed are {', '.join(sorted(allowed))}")


def _text(where: str, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputRefused(f"{where} has no {key!r}; write one")
    return " ".join(value.split())


def _certain(where: str, table: Mapping[str, Any]) -> bool:
    if not isinstance(value := table.get("certain", False), bool):
        raise InputRefused(f"{where} has {value!r} under 'certain'; write true or false")
    return value


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
