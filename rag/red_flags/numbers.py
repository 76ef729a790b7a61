"""Reads the numbers that carry meaning: a temperature, an age, how long ago.

Emits hits for concepts that phrases cannot spell out; the ranges stand here because they are arithmetic, the concepts'
kinds in ``lexicon/numbers.toml``.
"""

from __future__ import annotations

from rag.red_flags.lexicon import Hit
from rag.red_flags.words import NUMBER, Words

_YEARS = frozenset("yo yr yrs y year years yrold yearold yro".split())
_SPELT = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )
} | {
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "sixty": 60,
    "fifty": 50,
    "forty": 40,
    "thirty": 30,
    "twenty": 20,
}
_CHILD_BELOW, _TEEN_BELOW, _OLD_FROM = 12, 17, 65


def number_hits(words: Words) -> list[Hit]:
    """The temperatures, ages and dates of a message, as hits."""
    found: list[Hit] = []
    for place, form in enumerate(words.form):
        value = _value(words, place)
        if value is None:
            continue
        found += _temperature(value, place)
        found += _age(words, value, place)
        if form == NUMBER and 9 <= value <= 200 and place + 1 < len(words) and words.raw[place + 1] not in _UNITS:
            found.append(Hit("pile", place, place + 1))
        if (value > 4 and words.raw[place + 1 : place + 2] in (("grams",), ("g",), ("gram",))) or 4 < (
            _grams(words, place) or 0
        ) < 100:
            found.append(Hit("grams", place, place + 1))
        if words.raw[place + 1 : place + 3] in _LONG_BACK:
            found += [Hit("long_ago", place, place + 3), Hit("old_injury", place, place + 3)]
        if form == NUMBER and 1950 <= value <= 2019:
            found.append(Hit("long_ago", place, place + 1))
    return found


def _value(words: Words, place: int) -> float | None:
    raw = words.raw[place]
    if raw in _SPELT:
        return _SPELT[raw]
    digits = raw.rstrip("abcdefghijklmnopqrstuvwxyz")
    try:
        return float(digits) if digits and digits[0].isdigit() else None
    except ValueError:
        return None


_LONG_BACK = frozenset((unit, "back") for unit in ("years", "year", "yrs", "yr", "months"))
_UNITS = frozenset(
    "mg ml mcg kg lb lbs st stone years year yrs yr weeks wks week days day hours hour hrs minutes mins months month am pm "
    "percent miles km k yards metres meters feet ft cm inches old x times reps th nd".split()
)


def _grams(words: Words, place: int) -> float | None:
    """ "9g" as 9: more than four grams of a painkiller in a day is too much."""
    digits, unit = words.raw[place].rstrip("gram"), words.raw[place].lstrip("0123456789.")
    return float(digits) if unit in ("g", "gram", "grams") and digits.isdigit() else None


def _temperature(value: float, place: int) -> list[Hit]:
    high = 38 <= value < 43 or 100.4 <= value < 108
    return [Hit("hot_number", place, place + 1)] if high else []


_AGED = frozenset(
    "aged age i im hes shes he she turned mum mom dad nan gran mother father husband wife grandma grandad grandmother "
    "grandfather son daughter uncle aunt auntie friend neighbour brother sister partner boy girl lad male female patient".split()
)


def _age(words: Words, value: float, place: int) -> list[Hit]:
    raw = words.raw[place]
    after = words.raw[place + 1 : place + 3]
    before = words.raw[max(0, place - 2) : place]
    unit = raw.lstrip("0123456789.")
    aged = (
        unit in ("yo", "yrold", "yearold", "yro", "yr", "f", "m")
        or (bool(after) and after[0] in _YEARS and len(after) > 1 and after[1] in ("old", "olds", "of"))
        or (bool(after) and after[0] in ("yo", "yearold", "yrold"))
        or (bool(before) and before[-1] in _AGED)
        or (before[-2:] in (("i", "am"), ("she", "is"), ("he", "is")))
    )
    if not aged or (
        after and after[0] in _UNITS - _YEARS
    ):
        return []
    if value < _CHILD_BELOW:
        return [Hit("child_age", place, place + 1)]
    if value < _TEEN_BELOW:
        return [Hit("teen_age", place, place + 1)]
    return [Hit("old_age", place, place + 1)] if _OLD_FROM <= value < 115 else []
