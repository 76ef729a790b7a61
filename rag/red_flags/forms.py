"""The phrases of the lexicon as a web of words: what may follow what, built line by line when first needed.

A line such as ``cant/wont hold/take (my) weight`` becomes a chain of as many nodes as it has elements, however many
phrases it stands for. Knows nothing of messages, scope or meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from rag.red_flags.stem import stem

SMALL = frozenset(
    "a an the my our your his her their its this that these those some any very really so quite just even "
    "actually properly completely totally fully absolutely literally basically honestly pretty fairly rather "
    "somewhat slightly awfully terribly incredibly extremely super like um uh er erm lol please also too "
    "kinda sorta little bit still already almost nearly practically virtually only right left whole entire "
    "own is am are was were be been of lower upper side well now me i to in on at as suddenly again also or "
    "and it then being yaar ji only ah oh one".split()
)
"""Words that a phrase may step over. None of them turns a statement round."""

GAP = ".."
END = ""
"""The key under which a node keeps the concept that ends there."""

_EXACT = frozenset({"cue", "fact", "history", "excuse"})
"""Kinds whose small words count: "nearly wet myself" is a joke, "wet myself" is not."""

Node = dict[str, Any]
"""From a word to the nodes it leads to; under ``END``, a concept."""

Options = tuple[tuple[str, ...], ...]


class State:
    """Where one stands after some words of a phrase: all nodes at once, and the steps already taken from here."""

    __slots__ = ("_nodes", "_taken", "ahead", "concepts", "gap")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._taken: dict[str, State] = {}
        self.ahead = {word for node in nodes for word in node if word != END}
        self.concepts = tuple(dict.fromkeys(node[END] for node in nodes if END in node))
        self.gap = GAP in self.ahead

    def step(self, word: str) -> State:
        """The state behind one of the words ahead; built on the first visit, so that most of the web never is."""
        if (state := self._taken.get(word)) is None:
            state = self._taken[word] = State(tuple(after for node in self._nodes for after in node.get(word, ())))
        return state


@dataclass(frozen=True, slots=True)
class Forms:
    """Every line of every concept, found by the first word of its phrases."""

    lines: Mapping[str, Sequence[tuple[str, str]]]
    classes: Mapping[str, tuple[str, ...]]
    _grown: dict[str, State] = field(default_factory=dict)
    _chains: dict[tuple[str, str], Node] = field(default_factory=dict)

    @classmethod
    def index(cls, tables: Mapping[str, Mapping[str, Any]], classes: Mapping[str, tuple[str, ...]]) -> Forms:
        """The lines of all concepts by every first word they may have."""
        lines: dict[str, list[tuple[str, str]]] = {}
        for concept, table in tables.items():
            exact = table["kind"] in _EXACT
            for line in lines_of(table.get("forms", "")):
                text = "=" + line.removeprefix("=") if exact else line
                for word in _first_words(text, classes):
                    lines.setdefault(word, []).append((text, concept))
        return cls(lines, classes)

    def behind(self, form: str) -> State | None:
        """Where a phrase's first word leads."""
        if (state := self._grown.get(form)) is None and form in self.lines:
            state = State(tuple(node for line in self.lines[form] for node in self._chain(*line).get(form, ())))
            self._grown[form] = state
        return state

    def _chain(self, line: str, concept: str) -> Node:
        if (node := self._chains.get((line, concept))) is None:
            node = self._chains[line, concept] = _chain(line, concept, self.classes)
        return node


_JOINED = re.compile(
    "(?<![a-z])(is|are|was|were|do|does|did|has|have|had|will|would|could|should|must|need|might)[ _]not(?![a-z])"
)
"""What a message's words are joined to: "is not" is one word there, "isnt"."""


def lines_of(text: str) -> Iterator[str]:
    """The forms in a block of text: one a line, or several with commas."""
    for line in _JOINED.sub(r"\1nt", text).splitlines():
        for piece in line.split(","):
            if piece := piece.strip():
                yield piece


def _chain(line: str, concept: str, classes: Mapping[str, tuple[str, ...]]) -> Node:
    """The web of one line. ``node`` is grown from the last element to the first."""
    elements = [_options(element, classes) for element in line.removeprefix("=").split()]
    if not line.startswith("="):
        fewest = sum(min(len(_content(option)) for option in options) for options in elements)
        if fewest >= 2:
            elements = [tuple(_content(option) for option in options) for options in elements]
        elif any(_content(option) != option for options in elements for option in options):
            return _spelt_out(elements, concept)
    node: Node = {END: concept}
    for options in reversed(elements):
        node = _before(options, node)
    return node


def _before(options: Options, after: Node) -> Node:
    """The node from which any of the options leads on to ``after``; an empty option is ``after`` itself."""
    node: Node = dict(after) if () in options else {}
    for option in options:
        target = after
        for word in reversed(option[1:]):
            target = {word: (target,)}
        if option:
            node[option[0]] = (*node.get(option[0], ()), target)
    return node


def _spelt_out(elements: Sequence[Options], concept: str) -> Node:
    """A line whose phrases may shrink to one word: each phrase for itself, small words kept where little is left."""
    root: Node = {}
    for combination in product(*elements):
        words = tuple(word for part in combination for word in part)
        kept = _content(words)
        phrase = words if len(kept) < 2 <= len(words) else kept
        if phrase:
            for word, targets in _before((phrase,), {END: concept}).items():
                root[word] = (*root.get(word, ()), *targets)
    return root


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in SMALL)


def _first_words(line: str, classes: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Every word a phrase of the line may start with, and perhaps a few more."""
    opening = line.removeprefix("=").partition(" ")[0]
    if (
        opening[:1] not in ("", "(", "<") and opening != GAP
    ):  # nearly every line: no need to look further than its first element
        plain = {stem(option.split("_", 1)[0]) for option in opening.split("/")}
        if plain.isdisjoint(SMALL):
            return plain
    found: set[str] = set()
    for element in line.removeprefix("=").split():
        options = _options(element, classes)
        for option in options:
            found.update(option[:1])
            found.update(_content(option)[:1])
        if all(option and option[0] not in SMALL for option in options) or (line[0] == "=" and () not in options):
            break
    return found


@cache
def _plain_options(element: str) -> Options:
    if element == GAP:
        return ((GAP,),)
    maybe = element.startswith("(") and element.endswith(")")
    inner = element[1:-1] if maybe else element
    options = tuple(tuple(stem(word) for word in option.split("_") if word) for option in inner.split("/"))
    return (*options, ()) if maybe else options


def _options(element: str, classes: Mapping[str, tuple[str, ...]]) -> Options:
    if "<" not in element:
        return _plain_options(element)
    expanded = tuple(
        tuple(word for part in combination for word in part)
        for line in classes[element.strip("()<>")]
        for combination in product(*(_plain_options(word) for word in line.split()))
    )
    return (*expanded, ()) if element.startswith("(") else expanded
