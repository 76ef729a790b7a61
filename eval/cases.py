"""Cases from JSONL, each strictly checked against the articles: a label that no longer holds is refused, not skipped.

Gold is kept as verbatim quotes, so that it survives another cutting into sentences and fails loudly when an article
changes. A case is one line:

    {"id", "question", "kind", "answerable", "groups": [[{"article_id", "quote"}, …], …], "also_ok": […], "note"}

Each group is one fact the answer needs, its members are places that state it equally well. ``also_ok`` may be cited
without harm and without credit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from eval.spans import Span
from rag.errors import InputRefused, StorageFailed
from rag.schema import Article

FindArticle = Callable[[str], Article | None]

KINDS = (
    *("factoid", "list", "comparison", "why", "advice", "when_to_see", "yes_no", "multi_article"),
    *("lay", "typos", "false_premise", "near_miss", "off_topic"),
)
KEYS = ("id", "question", "kind", "answerable", "groups", "also_ok", "note")
PARTS = ("dev", "test")
_MORE_LINES = 12


@dataclass(frozen=True, slots=True)
class Gold:
    """A quote of an article that answers, and the one place where it stands."""

    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what a right answer cites: one place of each fact. An unanswerable one has no facts."""

    id: str
    question: str
    kind: str
    answerable: bool
    facts: tuple[tuple[Gold, ...], ...]
    also_ok: tuple[Gold, ...]
    note: str

    @property
    def gold(self) -> tuple[Span, ...]:
        """Every place of every fact."""
        return tuple(one.span for fact in self.facts for one in fact)

    @property
    def accepted(self) -> tuple[Span, ...]:
        """Every place that may be cited: gold and also-accepted."""
        return self.gold + tuple(one.span for one in self.also_ok)


def shipped(part: str) -> Path:
    """The shipped file of that name: the part ``dev`` or ``test``, or a bank such as ``guard/seen``."""
    return Path(str(resources.files("eval"))) / "data" / f"{part}.jsonl"


def load_cases(file: Path, find: FindArticle) -> tuple[Case, ...]:
    """The cases of a file, every quote found in its article.

    Raises:
        InputRefused: a line is not a case, an id comes twice, or a quote does not stand exactly once in its article.
        StorageFailed: the file cannot be read.
    """
    cases: dict[str, Case] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in _lines(file):
        try:
            case = read_case(line, find)
            if case.id in cases:
                raise InputRefused(f"id {case.id!r} is used twice; give each case its own")
            cases[case.id] = case
        except InputRefused as error:
            wrong.append((number, str(error)))
    if wrong:
        others = ", ".join(str(number) for number, _ in wrong[1 : _MORE_LINES + 1])
        more = f" ({len(wrong) - 1} more lines are wrong: {others})" if others else ""
        raise InputRefused(f"{file}:{wrong[0][0]}: {wrong[0][1]}{more}")
    if not cases:
        raise InputRefused(f"{file}: holds no case; write one a line")
    return tuple(cases.values())


def read_case(line: str, find: FindArticle) -> Case:
    """The case a line holds.

    Raises:
        InputRefused: it is not one; the message says what to mend.
    """
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputRefused(f"not JSON ({error})") from error
    if not isinstance(data, dict) or set(data) != set(KEYS):
        raise InputRefused(f"{_key_problem(data)}; a case has exactly the keys {', '.join(KEYS)}")
    _check_fields(data)
    groups = _checked_list(data["groups"], "groups")
    facts = tuple(tuple(_gold(one, find) for one in _checked_list(group, "a group")) for group in groups)
    also_ok = tuple(_gold(one, find) for one in _checked_list(data["also_ok"], "also_ok"))
    _check_facts(facts, answerable=data["answerable"])
    return Case(data["id"], data["question"], data["kind"], data["answerable"], facts, also_ok, data["note"])


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError as error:
        raise InputRefused(f"{file}: no such file; give a JSONL file of cases") from error
    except UnicodeDecodeError as error:
        raise InputRefused(f"{file}: not UTF-8 ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise StorageFailed(f"{file}: cannot be read ({error.strerror})") from error
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _key_problem(data: object) -> str:
    if not isinstance(data, dict):
        return "not a JSON object"
    missing, unknown = sorted(set(KEYS) - set(data)), sorted(set(data) - set(KEYS))
    return f"{'missing' if missing else 'unknown'} key {(missing or unknown)[0]!r}"


def _check_fields(data: dict[str, Any]) -> None:
    for key in ("id", "question", "kind", "note"):
        if not isinstance(data[key], str) or not (data[key].strip() or key == "note"):
            raise InputRefused(f"{key} is {data[key]!r}; it must be text")
    if data["kind"] not in KINDS:
        raise InputRefused(f"kind {data['kind']!r} is unknown; use one of {', '.join(KINDS)}")
    if not isinstance(data["answerable"], bool):
        raise InputRefused(f"answerable is {data['answerable']!r}; decide true or false (a draft has neither)")


def _check_facts(facts: tuple[tuple[Gold, ...], ...], *, answerable: bool) -> None:
    if answerable and not (facts and all(facts)):
        raise InputRefused("answerable, but a fact has no quote; give each group a quote, or set answerable to false")
    if facts and not answerable:
        raise InputRefused("not answerable, but it has groups; empty them, or set answerable to true")


def _checked_list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputRefused(f"{name} is {value!r}; it must be a list")
    return value


def _gold(value: object, find: FindArticle) -> Gold:
    if not isinstance(value, dict) or set(value) != {"article_id", "quote"}:
        raise InputRefused(f'{value!r} is no place; write {{"article_id": …, "quote": …}}')
    article_id, quote = value["article_id"], value["quote"]
    if not isinstance(article_id, str) or not isinstance(quote, str) or not quote:
        raise InputRefused(f"{value!r}: article_id and quote must be text")
    article = find(article_id)
    if article is None:
        raise InputRefused(f"there is no article {article_id!r}; check the id, or ingest the articles it comes from")
    start = article.text.find(quote)
    if start < 0:
        raise InputRefused(f"{article_id} does not hold “{_short(quote)}”; copy the sentence again from the article")
    if article.text.find(quote, start + 1) >= 0:
        raise InputRefused(f"{article_id} holds “{_short(quote)}” more than once; quote more of its words")
    return Gold(quote, Span(article_id, start, start + len(quote)))


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else f"{quote[:57]}…"
