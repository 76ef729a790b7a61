"""Questions that no article of ours answers, beside the passages of ours that share most words with them.

``everyday.txt`` holds one a line, written by us in the manner of people who ask a search box about cars, dogs, taxes or
another illness; questions of the open sets about something else join them. A reader that never met such questions
hears an answer in whatever shares a word with them. ``help.txt`` asks when something else needs a doctor, a vet or an
ambulance: the passages beside it tell when a back or a hip does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from training.articles import FOLDER, is_kept, libraries, passages_of
from training.bm25 import Bm25, words
from training.data import NO, Item, Passage, held_out, load_elsewhere

FILE = Path(__file__).parent / "everyday.txt"
HELP_FILE = Path(__file__).parent / "help.txt"
HELP = "help"  # what the items of that file ask
NEAR = 8
RARE = 0.01  # a passage that shares a word with fewer than so many others may be about the same
EVERY = 6  # one in so many questions of the open sets


def everyday(data: Path, folder: Path = FOLDER) -> Iterator[Item]:
    """An item for each question: the nearest passages by words of all articles that are not kept for measuring."""
    passages, ranker = _ranked(folder)
    for question in (*questions(), *_of_the_sets(data)):
        near = [passages[i] for i in ranker.rank(question)[:NEAR]]
        if len(near) > 1:
            yield _item(question, near)
    yield from needing_help(folder)


def needing_help(folder: Path = FOLDER) -> Iterator[Item]:
    """An item for each question when something else needs help: the nearest passages without a rare word of it."""
    passages, ranker = _ranked(folder)
    held = [frozenset(words(_text(passage))) for passage in passages]
    often = Counter(word for some in held for word in some)
    for question in HELP_FILE.read_text("utf-8").splitlines():
        rare = {word for word in words(question) if often[word] < RARE * len(passages)}
        near = [passages[i] for i in ranker.rank(question) if not rare & held[i]][:NEAR]
        if len(near) > 1:
            yield _item(question, near, HELP)


@cache
def _ranked(folder: Path) -> tuple[list[Passage], Bm25]:
    passages = [passage for one in libraries(folder) if not is_kept(one) for passage in passages_of(one)]
    return passages, Bm25([_text(passage) for passage in passages])


def _text(passage: Passage) -> str:
    return " ".join((passage.title, passage.section, *passage.sentences))


def questions() -> list[str]:
    """Ours, about anything."""
    return FILE.read_text("utf-8").splitlines()


def _of_the_sets(data: Path) -> list[str]:
    asked = dict.fromkeys(item.question for item in load_elsewhere(data) if not held_out(item))
    return list(asked)[::EVERY]


def _item(question: str, near: list[Passage], asks: str = "") -> Item:
    first, *rest = near
    return Item("everyday", question, first, (NO,) * len(first.sentences), None, tuple(rest), asks)
