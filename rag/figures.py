"""Whether two quotes give different figures for the same thing: "4 to 12 weeks" here, "4 to 6 weeks" there.

By rule, and for quotes of two articles only: nothing is blended or judged, a reader is told to compare.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rag.lexical import stem, terms
from rag.schema import Statement

_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(_WORDS)})"
_FIGURE = re.compile(
    rf"\b({_NUMBER})(?:\s*(?:to|or|and|-|–)\s*({_NUMBER}))?[\s-]*"
    r"(seconds?|minutes?|hours?|days?|weeks?|months?|years?|percent|per cent|%|mg|grams?|cm|mm|degrees?|times)",
    re.IGNORECASE,
)
# Quotes that share at least this much of the words of the shorter one speak of the same thing.
_ALIKE = 0.4


def differ(statements: Sequence[Statement]) -> bool:
    """Whether two statements from different articles speak of the same thing and give other figures for it."""
    first = [statement.citations[0] for statement in statements]
    pairs = ((one, other) for at, one in enumerate(first) for other in first[:at])
    return any(one.article_id != other.article_id and _other_figures(one.quote, other.quote) for one, other in pairs)


def _other_figures(one: str, other: str) -> bool:
    ours, theirs = _figures(one), _figures(other)
    if not any(ours[unit] != theirs[unit] for unit in ours.keys() & theirs.keys()):
        return False
    mine, yours = set(terms(_FIGURE.sub(" ", one))), set(terms(_FIGURE.sub(" ", other)))
    return len(mine & yours) >= _ALIKE * min(len(mine), len(yours)) > 0


def _figures(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for match in _FIGURE.finditer(text):
        unit = "%" if match[3].lower() in ("percent", "per cent") else stem(match[3].lower())
        found[unit] |= {_digits(number) for number in match.group(1, 2) if number}
    return found


def _digits(number: str) -> str:
    lowered = number.lower()
    return str(_WORDS.index(lowered) + 1) if lowered in _WORDS else lowered
