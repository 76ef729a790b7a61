"""The name of a condition that the articles never mention: gout, or Paget's disease, where no article says so.

What stands nearest to such a question is about another condition, and reads like an answer: other diseases have
symptoms too. Two names are looked for: a word that names a condition by itself (``conditions.txt``, and by its ending),
and a rare word right before "disease", "syndrome" and the like. A condition named by common words ("bone cancer") is
left to the reader, and so is a long story, which may be about more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path

from rag.lexical import STOP_WORDS, words

_KINDS = frozenset(
    "anaemia anemia arthritis ataxia cyst cysts deficiency disease diseases disorder disorders dysplasia dystrophy "
    "myopathy neuropathy palsy syndrome syndromes".split()
)
_ENDING = re.compile(
    r"[a-z]{3,}(?:itis|(?<!gn)osis|algia|[^g]oma|opathy|aemia|emia|plegia|penia|iasis|megaly|o?edema|dystrophy|dysplasia)"
)
_PLAIN = frozenset("academia aroma diploma hypnosis metamorphosis osmosis stoma symbiosis trauma".split())
_SHORTEST = 4  # letters of a name before a kind; shorter ones are particles and initials
_LONGEST = 15  # words of a question that is all about what it names

Says = Callable[[str], bool]
"""Whether the articles say a word, in any of its forms."""


def unmentioned(question: str, says: Says, is_word: Callable[[str], bool]) -> str:
    """The first name of a condition that the articles never say, as it was typed but folded; empty if there is none.

    ``is_word`` tells the common words of the language.
    """
    asked = words(question)
    if len(asked) > _LONGEST:
        return ""
    return _by_itself(asked, says) or _before_a_kind(asked, says, is_word)


def is_name(word: str, says: Says) -> bool:
    """Whether this folded word is no misspelling but the listed name of a condition that the articles never say."""
    return word in _listed() and not any(map(says, _listed()[word]))


def _by_itself(asked: list[str], says: Says) -> str:
    """Words in a row that name it ("plantar fasciitis"), with the kind they belong to ("carpal tunnel syndrome")."""
    names = [is_name(word, says) or (_ends_as_one(word) and not says(word)) for word in asked]
    if not any(names):
        return ""
    first = names.index(True)
    last = first + len(list(takewhile(bool, names[first:])))
    kind = next((at for at, word in enumerate(asked[last : last + 2], last + 1) if word in _KINDS), last)
    return " ".join(asked[first:kind])


def _ends_as_one(word: str) -> bool:
    return word not in _listed() and word not in _PLAIN and _ENDING.fullmatch(word) is not None


def _before_a_kind(asked: list[str], says: Says, is_word: Callable[[str], bool]) -> str:
    for at, kind in enumerate(asked):
        name = list(takewhile(lambda word: _is_strange(word, says), reversed(asked[:at])))[::-1]
        if kind in _KINDS and any(len(word) >= _SHORTEST and not is_word(word) for word in name):
            return " ".join((*name, kind))
    return ""


def _is_strange(word: str, says: Says) -> bool:
    return word not in STOP_WORDS | _KINDS and not says(word)


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """Of each listed word all that names the same."""
    lines = Path(__file__).with_name("conditions.txt").read_text("utf-8").splitlines()
    same = [tuple(names.split("=")) for line in lines if not line.startswith("#") for names in line.split()]
    return {name: names for names in same for name in names}
