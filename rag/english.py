"""Words of the English language, from the dictionary of ``pyspellchecker``.

It tells a rare word from a misspelt one, and nothing else: what an article means by a word it does not know.
"""

from __future__ import annotations

from functools import cache


def is_english(word: str) -> bool:
    """Whether a folded word is in the dictionary; one that is written with an apostrophe ("can't") also without."""
    return word in _dictionary()


@cache
def _dictionary() -> frozenset[str]:
    """Read when a word is first asked for: it takes a third of a second, and most questions need none of it."""
    from spellchecker import SpellChecker

    return frozenset(word.replace("'", "") for word in SpellChecker(language="en").word_frequency.dictionary)
