"""Reads what no phrase spells out: a temperature, an age, how long ago, how much was swallowed, and that it was.

Emits hits for concepts that phrases cannot spell out. The ranges stand here because they are arithmetic; the concepts'
kinds stand in ``lexicon/numbers.toml``.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.red_flags.lexicon import Hit
from rag.red_flags.words import NUMBER, Words

_CHILD_BELOW, _TEEN_BELOW, _OLD_FROM, _OLDEST = 12, 17, 65, 115
_FEVER_C, _FEVER_F = (38, 43), (100.4, 108)
_PILE, _MOST_GRAMS = (9, 200), 4
_LONG_AGO, _LONG_AGO_SHORT = (1950, 2024), (50, 99)
_LATE_WEEKS = (12, 42)
_PREGNANT_WEEKS = (4, 43)
_WEIGHTS, _LEAST_DROP = (35, 330), 3

_SPELT = {
    name: float(value)
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_YEARS = frozenset("yo yr yrs y year years yrold yearold yro".split())
_UNITS = frozenset(
    "s mg ml mcg kg lb lbs st stone years year yrs yr weeks wks week days day hours hour hrs minutes mins "
    "months month am pm percent miles km k yards metres meters feet ft cm inches old x times reps th nd".split()
)
_AGED = frozenset(
    "aged age i im hes shes he she turned mum mom dad nan gran mother father husband wife grandma grandad grandmother "
    "grandfather son daughter uncle aunt auntie friend neighbour brother sister partner boy girl lad male female "
    "patient".split()
)
_SWALLOWED = frozenset("took taken swallowed necked downed popped dosed doubled".split())
"""Phrases know no tenses: to them "took" is "take"."""
_AT_ONCE, _ONCE = 6, frozenset({"once", "go"})
_DAY_AFTER = frozenset("day today 24 once since go morning yesterday tonight overnight daily".split())
_CHILDISH = frozenset(
    "son daughter boy girl lad lass kid child baby toddler man fella bairn wean he she hes shes one grandson "
    "granddaughter nephew niece ds dd beta beti chap monkey bub bubs infant".split()
)
_WEEK_WORDS = frozenset("weeks week wks wk w".split())
_SINCE = frozenset("ago back old later post after since of".split())
_SEXES = frozenset("m f male female".split())
_WEIGHING = frozenset(
    "weight wt kg kgs kilo kilos lbs lb pounds stone scale scales weigh weighed weighing weighs machine wazan".split()
)
_COUNTED = frozenset(
    "took take taken had have about like of maybe swallowed all only nearly almost over roughly around than the "
    "counted necked popped downed with another least perhaps probably possibly up to some ate eaten counting".split()
)
"""What may stand before a number of tablets; after a medicine's name a number is its strength."""
_AGO = frozenset((unit, "back") for unit in ("years", "year", "yrs", "yr", "months"))


def number_hits(words: Words) -> list[Hit]:
    """The temperatures, ages, dates and doses of a message, and what was swallowed already, as hits."""
    raws = words.raw
    found = []
    if not _SWALLOWED.isdisjoint(raws):
        found += [Hit("took_past", place, place + 1) for place, raw in enumerate(raws) if raw in _SWALLOWED]
    for place in [place for place, raw in enumerate(raws) if raw in _SPELT or not raw.isalpha()]:
        value = _value(raws[place], words.form[place])
        if value is not None:
            found += [
                Hit(concept, place, place + length)
                for reader in _READERS
                for concept, length in reader(words, place, value)
            ]
    return found


def _value(raw: str, form: str) -> float | None:
    if raw in _SPELT:
        return _SPELT[raw]
    digits = raw.rstrip("abcdefghijklmnopqrstuvwxyz")
    number = form == NUMBER or digits.isdecimal()
    return float(digits) if number and digits and digits.isascii() and len(digits) < 9 else None


Found = list[tuple[str, int]]
"""Concepts and how many words each spans."""


def _temperature(words: Words, place: int, value: float) -> Found:
    high = _FEVER_C[0] <= value < _FEVER_C[1] or _FEVER_F[0] <= value < _FEVER_F[1]
    return [("hot_number", 1)] if high and not _SEXES & set(words.raw[place + 1 : place + 2]) else []


def _weight(words: Words, place: int, value: float) -> Found:
    """Two weights, the later the lower: was 74, now 63 kilos; I am 51 and before I was 62."""
    if not _WEIGHTS[0] <= value < _WEIGHTS[1] or not _WEIGHING & set(words.raw[max(0, place - 12) : place + 14]):
        return []
    for later in range(place + 1, min(len(words), place + 9)):
        other = _value(words.raw[later], words.form[later])
        if other is None or not _WEIGHTS[0] <= other < _WEIGHTS[1]:
            continue
        between = set(words.raw[place + 1 : later])
        fell = _LEAST_DROP <= value - other <= value / 3 and between & {"to", "now", "am", "is", "today", "down"}
        rose = _LEAST_DROP <= other - value <= other / 3 and between & {"before", "was", "used", "earlier"}
        return [("weight_drop", later - place + 1)] if fell or rose else []
    return []


def _weeks(words: Words, place: int, value: float) -> Found:
    after = words.raw[place + 1 : place + 3]
    if not _PREGNANT_WEEKS[0] <= value < _PREGNANT_WEEKS[1] or not after or after[0] not in _WEEK_WORDS:
        return []
    late = [("late_pregnancy", 2)] if _LATE_WEEKS[0] <= value <= _LATE_WEEKS[1] else []
    passed = len(after) > 1 and after[1] in _SINCE and words.clause[place + 1] == words.clause[place + 2]
    return late if passed else [("preg_weeks", 2), *late]


def _dose(words: Words, place: int, value: float) -> Found:
    raw, after = words.raw[place], words.raw[place + 1 : place + 2]
    found: Found = []
    counted = place == 0 or words.raw[place - 1] in _COUNTED or words.form[place - 1] == NUMBER
    counted = counted or bool(after and after[0].startswith(("tab", "pill", "cap", "of")))
    if (
        200 > value >= _AT_ONCE
        and after[:1] != ("mg",)
        and words.form[place] == NUMBER
        and _ONCE & set(words.raw[place + 1 : place + 5])
    ):
        found.append(("day_pile", 1))
    if _PILE[0] <= value <= _PILE[1] and after and after[0] not in _UNITS:
        if words.form[place] == NUMBER and counted:
            found.append(("pile", 1))
        score = place > 0 and words.form[place - 1] == NUMBER  # "pain 8/10 today"
        same = words.sentence[place] == words.sentence[place + 1]
        if not score and same and _DAY_AFTER & set(words.raw[place + 1 : place + 6]):
            found.append(("day_pile", 1))
    unit = raw.lstrip("0123456789.") or (after[0] if after else "")
    if (unit in ("g", "gram", "grams") and _MOST_GRAMS < value < 100) or (unit == "mg" and value > 1000 * _MOST_GRAMS):
        found.append(("grams", 1))
    return found


def _date(words: Words, place: int, value: float) -> Found:
    if words.raw[place + 1 : place + 3] in _AGO:
        return [("long_ago", 3), ("old_injury", 3)]
    if words.form[place] != NUMBER:
        return []
    before, after = words.raw[max(0, place - 2) : place], words.raw[place + 1 : place + 2]
    year = _LONG_AGO[0] <= value <= _LONG_AGO[1]
    brief = _LONG_AGO_SHORT[0] <= value <= _LONG_AGO_SHORT[1] or (words.raw[place][0] == "0" and 0 < value < 10)
    short = brief and before[-1:] in (("in",), ("since",), ("of",))
    if year or (short and not (after and after[0] in _UNITS)):
        return [("long_ago", 1), ("old_injury", 1)]
    ends = not after or words.clause[place + 1] != words.clause[place]
    young = _TEEN_BELOW - 4 <= value < _OLD_FROM - 15 and ends and (not after or words.form[place + 1] != NUMBER)
    if young and (before[-1:] == ("at",) or before == ("i", "was")) and not words.raw[place].endswith("m"):
        return [("long_ago", 1)]  # "I took an overdose at 17"
    return []


def _age(words: Words, place: int, value: float) -> Found:
    if value < 2 * _CHILD_BELOW and _months_old(words, place):
        return [("child_age", 1)]
    if not _is_age(words, place):
        return []
    if value < _CHILD_BELOW:
        return [("child_age", 1)]
    if value < _TEEN_BELOW:
        return [("teen_age", 1)]
    return [("old_age", 1)] if _OLD_FROM <= value < _OLDEST else []


def _months_old(words: Words, place: int) -> bool:
    """A small child's age (wee man is 20 months), not how long something has lasted."""
    after, before = words.raw[place + 1 : place + 2], words.raw[max(0, place - 2) : place]
    if not after or after[0] not in ("months", "month", "mths", "mo", "mos") or not before:
        return False
    return before[-1] in _CHILDISH or (before[-1] in ("is", "just", "only", "aged") and before[0] in _CHILDISH)


def _is_age(words: Words, place: int) -> bool:
    after, before = words.raw[place + 1 : place + 3], words.raw[max(0, place - 2) : place]
    sentence = words.sentence
    if sentence[place] not in (sentence[place - 1 : place] + sentence[place + 1 : place + 2]):
        return True  # "76." and nothing else: the answer to "how old?"
    if after and after[0] in _UNITS - _YEARS:
        return False
    if words.raw[place].lstrip("0123456789.") in ("yo", "yrold", "yearold", "yro", "yr", "f", "m"):
        return True
    if after and after[0] in ("yo", "yearold", "yrold"):
        return True
    if after and after[0] in _SEXES:
        return True
    if len(after) == 2 and after[0] in _YEARS:
        child = before[-1:] and (before[-1] in _CHILDISH or (before[-1] in ("is", "was") and before[0] in _CHILDISH))
        return after[1] in ("old", "olds", "of") or after[1] in _CHILDISH or bool(child)
    if not before or (after and after[0] in _YEARS):
        return False
    return before[-1] in _AGED or (before[-1] in ("is", "was", "am") and before[0] in _AGED)


_READERS: tuple[Callable[[Words, int, float], Found], ...] = (_temperature, _dose, _date, _age, _weight, _weeks)
