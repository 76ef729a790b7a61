"""An endless, seeded stream of labelled windows, mixed from the sets, and batches of them.

Each draw picks a way of making a question (``MIX``) and an item, and gives a group of windows that are read for it, as
retrieval would offer them: a stretch of the item's passage, and stretches of passages near it that do not answer. An
item is never seen twice alike. How the mix is chosen is written in the README beside this file.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from rag.reader import WINDOW_PIECES
from training.bm25 import words
from training.data import DENSE, NO, NO_FOLD, RANKING, WEB, YES, Item, Passage, fold_of
from training.everyday import HELP
from training.examples import Example, Pieces, context, example
from training.lay import HEADINGS
from training.neighbours import SOURCE as NEIGHBOUR
from training.questions import altered, as_typed, invented, lay

# How often each way is drawn, early in training and late: invented questions teach matching, real ones teach judging.
MIX = {
    "gold": (0.42, 0.42),
    "altered": (0.10, 0.10),
    "dropped": (0.06, 0.06),
    "near": (0.06, 0.06),
    "lay": (0.10, 0.08),
    "lay_near": (0.06, 0.06),
    "invented": (0.08, 0.02),
    "invented_altered": (0.05, 0.01),
    "asked": (0.22, 0.22),
    "asked_none": (0.10, 0.10),
    "own": (0.75, 0.75),
    "own_none": (0.20, 0.20),
    "ranking": (0.20, 0.20),
    "dense": (0.40, 0.40),
    "web": (1.10, 1.10),
    "everyday": (0.10, 0.10),
    "help": (0.06, 0.06),
    "neighbour": (0.20, 0.20),
}
# Ways that take a question as its set has it, and the pool it comes from.
AS_IT_IS = {
    "asked": "asked_yes",
    "asked_none": "asked_no",
    "own": "own_yes",
    "own_none": "own_no",
    "ranking": "ranking",
    "dense": "dense",
    "web": "web",
}
MATES = (0, 1, 2, 3, 5)  # how many near passages are read beside an item's own
BESIDE = (0, 0, 1, 2)  # and how many of the others that answer too, where there are any
PARTLY = (0.25, 0.6)  # how often of the item's own passage, and of the others, only some sentences are read
LIKELY = (1, 2, 3)  # of so many sentences each, behind the one before it, as ``rag.reading`` shows them
# How often each set: small ones more often than their size says, not so often that they are learned by heart.
SOURCES = {"squad_yes": 0.60, "squad_no": 0.20, "covid": 0.08, "clapnq_yes": 0.06, "clapnq_no": 0.06}
PLAIN = frozenset(
    ("4_MPlus_Health_Topics_QA", "5_NIDDK_QA", "7_SeniorHealth_QA", "8_NHLBI_QA_XML", "9_CDC_QA", "1_CancerGov_QA")
)


class Stream:
    """Draws examples. ``late`` in 0..1 moves the mix from early to late."""

    def __init__(self, items: Sequence[Item], seed: int) -> None:
        self.rng = random.Random(seed)
        self.pieces = Pieces()
        self.late = 0.0
        self._pools = _pools(items)
        self._ways: dict[str, Callable[[], Item | None]] = {
            way: partial(self._typed, AS_IT_IS[way]) if way in AS_IT_IS else getattr(self, "_" + way) for way in MIX
        }

    def draw(self) -> list[Example]:
        """The windows of one question; the first is the one that may answer."""
        weights = [(1 - self.late) * a + self.late * b for a, b in MIX.values()]
        while True:
            (way,) = self.rng.choices(list(MIX), weights)
            item = self._ways[way]()
            if item is not None:
                return self._group(item)

    def batches(self, size: int, count: int = 12) -> Iterator[list[list[Example]]]:
        """Batches of groups, each batch of ``size`` windows; the last group of a batch may lose some of its mates."""
        while True:
            drawn: list[list[Example]] = []
            while sum(map(len, drawn)) < size * count:
                drawn.append(self.draw())
            drawn.sort(key=lambda group: max(len(e.layout.ids) for e in group))
            made = list(_filled(drawn, size))
            self.rng.shuffle(made)
            yield from made

    def _group(self, item: Item) -> list[Example]:
        """The item's window, and windows of some of its near passages, all about as long."""
        room = self.rng.randint(60, 170)
        count = min(self.rng.choice(MATES), len(item.near))
        fold = NO_FOLD if item.source == NEIGHBOUR else fold_of(item.passage.document)
        mates = [self._unanswered(item, item.question, near) for near in self.rng.sample(item.near, count)]
        read = [self._partly(item, PARTLY[0]), *(self._partly(one, PARTLY[1]) for one in mates)]
        drawn = [replace(self._cut(one, room), fold=fold) for one in read]
        if item.beside:
            some = self.rng.sample(item.beside, min(self.rng.choice(BESIDE), len(item.beside)))
            also = [replace(item, passage=passage, labels=labels, span=None) for passage, labels in some]
            parts = [self._partly(one, PARTLY[1]) for one in also]
            drawn[1:1] = [replace(self._cut(one, room), fold=fold_of(one.passage.document)) for one in parts]
        return drawn

    def _partly(self, item: Item, often: float) -> Item:
        return partly(item, self.rng) if self.rng.random() < often else item

    def _pick(self, name: str) -> Item:
        return self.rng.choice(self._pools[name])

    def _real(self) -> Item:
        (name,) = self.rng.choices(list(SOURCES), list(SOURCES.values()))
        return self._pick(name)

    def _gold(self) -> Item:
        item = self._real()
        return replace(item, question=as_typed(item.question, self.rng))

    def _altered(self) -> Item | None:
        item = self._pick(self.rng.choice(["squad_yes"] * 8 + ["covid", "clapnq_yes"]))
        elsewhere = [s for passage in item.near for s in passage.sentences]
        changed = altered(item.question, item.passage.sentences, elsewhere, self.rng)
        alone = replace(item, near=())  # what was altered may be said there
        return self._unanswered(alone, as_typed(changed, self.rng), item.passage) if changed else None

    def _near(self) -> Item | None:
        """Only passages that look right: the one that answers was not found."""
        item = self._pick("own_yes") if self.rng.random() < 0.3 else self._real()
        return self._shifted(replace(item, question=as_typed(item.question, self.rng)))

    def _shifted(self, item: Item) -> Item | None:
        """The question beside its near passages only."""
        if not item.near:
            return None
        first, *rest = self.rng.sample(item.near, len(item.near))
        return replace(self._unanswered(item, item.question, first), near=tuple(rest))

    def _dropped(self) -> Item | None:
        """The passage without the sentences that answer: all that stands around the answer, and no answer."""
        item = self._pick("own_yes") if self.rng.random() < 0.4 else self._real()
        kept = tuple(s for s, label in zip(item.passage.sentences, item.labels, strict=True) if label == NO)
        if not item.answerable or not kept:
            return None
        return self._unanswered(item, as_typed(item.question, self.rng), replace(item.passage, sentences=kept))

    def _lay(self) -> Item | None:
        item = self._health()
        question = lay(item.asks, item.passage.title, self.rng) if self.rng.random() < 0.85 else item.question
        if not question:
            return None
        mixed = self._beside(item) if item.near and self.rng.random() < 0.5 else item
        return replace(mixed, question=as_typed(question, self.rng))

    def _lay_near(self) -> Item | None:
        item = self._health()
        if not item.near or self.rng.random() < 0.3:  # the right kind of section about something else
            other = self._health()
            near = other.passage if other.asks == item.asks and other.passage.title != item.passage.title else None
        else:
            near = self.rng.choice(item.near)
        question = lay(item.asks, item.passage.title, self.rng)
        return self._unanswered(item, as_typed(question, self.rng), near) if near and question else None

    def _health(self) -> Item:
        return self._pick("plain" if self.rng.random() < 0.6 else "medquad")

    def _beside(self, item: Item) -> Item:
        """The passage with a few sentences of another section before or after it, which do not answer."""
        others = self.rng.choice(item.near).sentences[: self.rng.randint(1, 4)]
        own, none = item.passage.sentences[: self.rng.randint(1, 4)], (NO,) * len(others)
        labels = item.labels[: len(own)]
        first = self.rng.random() < 0.5
        sentences = own + others if first else others + own
        passage = replace(item.passage, sentences=sentences, section="")
        return replace(item, passage=passage, labels=labels + none if first else none + labels)

    def _everyday(self) -> Item | None:
        return self._shifted(self._typed("everyday"))

    def _help(self) -> Item | None:
        return self._shifted(self._typed("help"))

    def _neighbour(self) -> Item | None:
        """A condition beside passages on others that share words with its name, half the time without its own."""
        item = self._pick("neighbour")
        question = lay(item.asks, item.passage.title, self.rng)
        if not question:
            return None
        asked = replace(item, question=as_typed(question, self.rng))
        return self._shifted(asked) if self.rng.random() < 0.5 else asked

    def _typed(self, pool: str) -> Item:
        item = self._pick(pool)
        return replace(item, question=as_typed(item.question, self.rng))

    def _invented(self) -> Item | None:
        item = self._pick(self.rng.choice(["squad_yes", "covid", "medquad", "plain", "plain"]))
        at = self.rng.randrange(len(item.passage.sentences))
        made = invented(item.passage.sentences[at], self.rng)
        if made is None:
            return None
        labels = tuple(YES if i == at else NO for i in range(len(item.passage.sentences)))
        span = (at, *made[1])
        return replace(item, question=as_typed(made[0], self.rng), labels=labels, span=span, near=item.near)

    def _invented_altered(self) -> Item | None:
        item = self._invented()
        if item is None:
            return None
        elsewhere = self._pick("plain" if item.source == "medquad" else "squad_yes").passage.sentences
        changed = altered(item.question, item.passage.sentences, elsewhere, self.rng)
        if changed is None or self.rng.random() < 0.4:
            return self._shifted(item)
        return self._unanswered(replace(item, near=()), changed, item.passage)

    def _unanswered(self, item: Item, question: str, passage: Passage) -> Item:
        labels = (NO,) * len(passage.sentences)
        return replace(item, question=question, passage=passage, labels=labels, span=None, beside=())

    def _cut(self, item: Item, room: int) -> Example:
        """A random stretch of whole sentences that keeps an answer, under a heading that may be missing."""
        own = item.source in ("asked", "own")
        headings = (item.passage.section,) if own else HEADINGS.get(item.passage.section, ("",))
        heading = self.rng.choice(headings) if self.rng.random() < 0.7 else ""
        above = context(item.passage, heading) if self.rng.random() < 0.85 else heading
        sizes = [len(self.pieces.ids(s)) for s in item.passage.sentences]
        room = min(room, WINDOW_PIECES - 60)
        yes = [i for i, label in enumerate(item.labels) if label == YES]
        low = high = self.rng.choice(yes) if yes else self.rng.randrange(len(sizes))
        total = sizes[low]
        while True:
            ends = [i for i in (low - 1, high + 1) if 0 <= i < len(sizes) and total + sizes[i] <= room]
            if not ends:
                break
            taken = self.rng.choice(ends)
            total += sizes[taken]
            low, high = min(low, taken), max(high, taken)
        return example(self.pieces, _only(item, range(low, high + 1)), above)


def _filled(groups: Sequence[list[Example]], size: int) -> Iterator[list[list[Example]]]:
    batch: list[list[Example]] = []
    room = size
    for group in groups:
        batch.append(group[:room])
        room -= len(batch[-1])
        if room == 0:
            yield batch
            batch, room = [], size


def partly(item: Item, rng: random.Random) -> Item:
    """The item with a few sentences of its passage: those that answer, and those that share most words."""
    asked = set(words(item.question))
    shared = [len(asked & set(words(one))) + rng.random() for one in item.passage.sentences]
    order = sorted(range(len(shared)), key=lambda number: -shared[number])[: rng.choice(LIKELY)]
    likely = {*order, *(number for number, label in enumerate(item.labels) if label == YES)}
    return _only(item, sorted({*likely, *(number - 1 for number in likely if number)}))


def _only(item: Item, numbers: Sequence[int]) -> Item:
    """The item with these sentences of its passage."""
    span = item.span
    if span is not None:
        span = (numbers.index(span[0]), span[1], span[2]) if span[0] in numbers else None
    passage = replace(item.passage, sentences=tuple(item.passage.sentences[number] for number in numbers))
    return replace(item, passage=passage, labels=tuple(item.labels[number] for number in numbers), span=span)


def _pools(items: Sequence[Item]) -> dict[str, list[Item]]:
    def some(source: str, answerable: bool) -> list[Item]:
        return [i for i in items if i.source == source and i.answerable is answerable]

    return {
        "squad_yes": some("squad", True),
        "squad_no": some("squad", False),
        "covid": some("covid", True),
        "clapnq_yes": some("clapnq", True),
        "clapnq_no": some("clapnq", False),
        "medquad": some("medquad", True),
        "asked_yes": some("asked", True),
        "asked_no": some("asked", False),
        "own_yes": some("own", True),
        "own_no": some("own", False),
        "ranking": [i for i in items if i.passage.document.startswith(RANKING)],
        "dense": [i for i in items if i.passage.document.startswith(DENSE)],
        "web": [i for i in items if i.passage.document.startswith(WEB)],
        "everyday": [i for i in some("everyday", False) if i.asks != HELP],
        "help": [i for i in some("everyday", False) if i.asks == HELP],
        "neighbour": some(NEIGHBOUR, True),
        "plain": [i for i in some("medquad", True) if i.passage.document.split(":")[0] in PLAIN],
    }
