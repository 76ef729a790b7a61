"""Questions that no article of ours answers, beside the passages of ours that share most words with them.

``everyday.txt`` holds one a line, written by us in the manner of people who ask a search box about cars, dogs, taxes or
another illness; questions of the open sets about something else join them. A reader that never met such questions
hears an answer in whatever shares a word with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.articles import FOLDER, is_kept, libraries, passages_of
from training.bm25 import Bm25
from training.data import NO, Item, Passage, held_out, load_elsewhere

FILE = Path(__file__).parent / "everyday.txt"
NEAR = 8
EVERY = 6  # one in so many questions of the open sets


def everyday(data: Path, folder: Path = FOLDER) -> Iterator[Item]:
    """An item for each question: the nearest passages by words of all articles that are not kept for measuring."""
    passages = [passage for one in libraries(folder) if not is_kept(one) for passage in passages_of(one)]
    ranker = Bm25([" ".join((p.title, p.section, *p.sentences)) for p in passages])
    for question in (*questions(), *_of_the_sets(data)):
        near = [passages[i] for i in ranker.rank(question)[:NEAR]]
        if len(near) > 1:
            yield _item(question, near)


def questions() -> list[str]:
    """Ours."""
    return FILE.read_text("utf-8").splitlines()


def _of_the_sets(data: Path) -> list[str]:
    asked = dict.fromkeys(item.question for item in load_elsewhere(data) if not held_out(item))
    return list(asked)[::EVERY]


def _item(question: str, near: list[Passage]) -> Item:
    first, *rest = near
    return Item("everyday", question, first, (NO,) * len(first.sentences), None, tuple(rest))
