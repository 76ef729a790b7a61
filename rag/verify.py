"""The proof: a citation holds if the article is the one that was quoted and the quote stands exactly where it says.

The title must be the article's own. The section is not checked: an article does not say where its sections end. Needs
no model and no vector. Used on every answer before it is shown, and on saved answers by ``citeback verify``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from rag.errors import InputRefused
from rag.schema import Article, Citation, Outcome, Statement
from rag.text import sha256

FindArticle = Callable[[str], Article | None]


class Proof(StrEnum):
    """What checking a citation found."""

    HOLDS = "holds"
    STALE = "stale"  # the article has changed since it was quoted
    MISSING = "missing"  # there is no such article
    FALSE = "false"  # the article is the same, and the quote does not stand there or the title is another


@dataclass(frozen=True, slots=True)
class Finding:
    """One citation of a saved answer and what checking it found.

    ``statement`` counts from 1; 0 marks a nearest passage, which is no statement. ``still_there`` tells whether
    the same words stand anywhere in the article of that id.
    """

    statement: int
    citation: Citation
    proof: Proof
    still_there: bool


def check(citation: Citation, find: FindArticle) -> Proof:
    """Whether ``article.text[start:end] == quote`` in the very article that was quoted, under its own title."""
    article = find(citation.article_id)
    if article is None:
        return Proof.MISSING
    if sha256(article.text) != citation.article_sha256:
        return Proof.STALE
    is_span = 0 <= citation.start < citation.end
    is_quoted = is_span and article.text[citation.start : citation.end] == citation.quote
    return Proof.HOLDS if is_quoted and article.title == citation.title else Proof.FALSE


def proven(statements: Iterable[Statement], find: FindArticle) -> tuple[Statement, ...]:
    """The statements that may be shown: each has a citation, and all of its citations hold."""
    return tuple(one for one in statements if _holds(one, find))


def check_answer(saved: Mapping[str, Any], find: FindArticle) -> list[Finding]:
    """Every citation of a saved answer, checked.

    Raises:
        InputRefused: the object is not an answer, it says that it answers and states nothing, or a statement says
            something its citations do not.
    """
    statements, nearest = _parsed(saved)
    if saved.get("outcome") == Outcome.ANSWERED and not statements:
        raise InputRefused("the answer is called answered and has no statement; this answer was altered")
    for number, statement in enumerate(statements, start=1):
        if not statement.citations or statement.text != spoken(statement.citations):
            raise InputRefused(f"statement {number} is not the words of its citations; this answer was altered")
    cited = [(number, one) for number, statement in enumerate(statements, start=1) for one in statement.citations]
    return [_finding(number, citation, find) for number, citation in (*cited, *((0, one) for one in nearest))]


def _finding(statement: int, citation: Citation, find: FindArticle) -> Finding:
    article = find(citation.article_id)
    still_there = article is not None and citation.quote in article.text
    return Finding(statement, citation, check(citation, find), still_there)


def spoken(citations: tuple[Citation, ...]) -> str:
    """What a statement says: its quotes in the order they stand in their article, line breaks read as spaces."""
    ordered = sorted(citations, key=lambda citation: (citation.article_id, citation.start))
    return " ".join(" ".join(citation.quote.split()) for citation in ordered)


def _holds(statement: Statement, find: FindArticle) -> bool:
    if not statement.citations or statement.text != spoken(statement.citations):
        return False
    return all(check(citation, find) is Proof.HOLDS for citation in statement.citations)


def _parsed(saved: Mapping[str, Any]) -> tuple[list[Statement], list[Citation]]:
    try:
        statements = [
            Statement(str(one["text"]), tuple(_citation(citation) for citation in one["citations"]))
            for one in saved["statements"]
        ]
        return statements, [_citation(citation) for citation in saved.get("nearest", ())]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputRefused(f"not an answer of citeback ask --json ({error})") from error


def _citation(given: Mapping[str, Any]) -> Citation:
    citation = Citation(**given)
    for field in fields(Citation):
        kind = int if field.name in ("start", "end") else str
        if type(getattr(citation, field.name)) is not kind:
            raise TypeError(f"{field.name} is not a {kind.__name__}")
    return citation
