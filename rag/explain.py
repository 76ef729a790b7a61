"""Why an answer is what it is: each sentence considered, what spoke for it, and what became of it."""

from __future__ import annotations

from rag.extract import Considered, Draft
from rag.index import Index
from rag.render import visible

_SHOWN = 20
_WORDS = 90


def explained(draft: Draft, index: Index) -> str:
    """A line for the confidence, then two for each of the most probable sentences."""
    lines = [f"confidence {draft.confidence:.2f}; {len(draft.considered)} sentences considered for “{draft.question}”"]
    for one in draft.considered[:_SHOWN]:
        lines += [f"{one.probability:.2f} {one.fate}: {_figures(one)}", f"     {_excerpt(one, index)}"]
    if len(draft.considered) > _SHOWN:
        lines.append(f"     and {len(draft.considered) - _SHOWN} less probable ones")
    return visible("\n".join(lines))


def _figures(one: Considered) -> str:
    features = one.features
    reader = (
        "not read" if features.sentence is None else f"reader {features.sentence:+.1f}, window {features.window:+.1f}"
    )
    place = f"passage {round(1 / features.rank)}"
    return (
        f"{place}, nearness {features.cosine:.2f} (passage {features.passage:.2f}), words {features.own:.2f}, {reader}"
    )


def _excerpt(one: Considered, index: Index) -> str:
    text = " ".join(index.text(one.sentence).split())
    short = text if len(text) <= _WORDS else text[: _WORDS - 1].rstrip() + "…"
    return f"{one.sentence.article_id} {one.sentence.start}-{one.sentence.end}: {short}"
