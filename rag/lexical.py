"""Words as search sees them: folded, stemmed, without the words every question has.

One analysis for the index and for questions. BM25 itself is SQLite's FTS5 (see ``index``). Never used to make a quote.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

STOP_WORDS = frozenset(
    "a about an and any are as at be been being but by can could did do does doing for from get gets give "
    "gives got had has have having he her him his how i if in into is it its just like make makes many may me "
    "might mine more most much my no not of off often on or our out over people person please say she should "
    "so some tell than that the their them then there these they this those to too under up us usually very "
    "was way we were what whats when where which while who whom whose why will with would you your".split()
)

# They name nothing either, but articles may be searched for them.
COURTESIES = frozenset("hi hello hey thank thanks sorry ok okay bye".split())


def words(text: str) -> list[str]:
    """The words of a text, folded: compatibility forms, accents and capitals gone."""
    folded = text.casefold()
    if not text.isascii():  # most texts are, and folding them is most of the time that this takes
        folded = unicodedata.normalize("NFKD", text).casefold()
        folded = "".join(char for char in folded if not unicodedata.combining(char))
    return [word.replace("’", "'").removesuffix("'s").replace("'", "") for word in WORD.findall(folded)]


def terms(text: str) -> list[str]:
    """The stems that search compares, in order, stop words left out."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Porter's second English stemmer (Snowball)."""
    return str(EnglishStemmer().stemWord(word))
