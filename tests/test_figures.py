"""When a reader is told that articles differ: other figures for the same thing, in two articles."""

from __future__ import annotations

import pytest

from rag.figures import differ
from rag.schema import Citation, Statement


def said(article: str, quote: str) -> Statement:
    return Statement(quote, (Citation(article, article, "", 0, len(quote), quote, ""),))


WEEKS = "Most people with sciatica improve within 4 to 12 weeks."


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("The NHS says that sciatica improves in 4 to 6 weeks.", True),
        ("Most people with sciatica improve within four to twelve weeks.", False),
        ("Most people with sciatica improve within 12 weeks of starting at 4 weeks.", False),
        ("A bone scan takes 4 to 6 weeks to arrange.", False),
        ("Sciatica mostly improves.", False),
        ("Most people with sciatica improve after 40 minutes.", False),
    ],
)
def test_other_figures_for_the_same_thing(other: str, expected: bool) -> None:
    assert differ([said("one", WEEKS), said("two", other)]) is expected


def test_one_article_may_qualify_itself() -> None:
    assert not differ([said("one", WEEKS), said("one", "Some people with sciatica improve within 2 weeks.")])
