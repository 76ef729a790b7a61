"""The name of a condition that the articles never mention: "Paget's disease", where no article has a Paget.

What stands nearest to such a question is about another condition, and reads like an answer: other diseases have
symptoms too. Only a name is looked for, a rare word right before "disease", "syndrome" and the like; a condition named
by one word, or by common ones ("bone cancer"), is left to the reader, and so is a long story, which may be about more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import takewhile

from rag.lexical import STOP_WORDS, stem, words

_KINDS = frozenset(
    "anaemia anemia arthritis ataxia cyst cysts deficiency disease diseases disorder disorders dysplasia dystrophy "
    "myopathy neuropathy palsy syndrome syndromes".split()
)
_SHORTEST = 4  # letters of a name; shorter ones are particles and initials
_LONGEST = 15  # words of a question that is all about what it names


def unmentioned(question: str, stems: Collection[str], is_word: Callable[[str], bool]) -> str:
    """The first name of a condition that the articles do not hold, as it was typed but folded; empty if there is none.

    ``stems`` are those of the question that the articles hold, ``is_word`` tells common words of the language.
    """
    asked = words(question)
    for at, kind in enumerate(asked if len(asked) <= _LONGEST else ()):
        name = list(takewhile(lambda word: _is_strange(word, stems), reversed(asked[:at])))[::-1]
        if kind in _KINDS and any(len(word) >= _SHORTEST and not is_word(word) for word in name):
            return " ".join((*name, kind))
    return ""


def _is_strange(word: str, stems: Collection[str]) -> bool:
    return word not in STOP_WORDS | _KINDS and stem(word) not in stems
