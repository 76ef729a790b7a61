"""How early the retrieved passages hold each required fact; the ranking measures themselves are ir_measures'.

A passage holds a fact if it holds at least half of the characters of one of the fact's gold places. Each fact is
one query with one relevant thing, found at the rank of the first passage that holds it, so passages of any size and
any overlap are judged alike. A question's figure is the mean over its facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.citations import Facts
from eval.spans import Span, overlap

Ranks = Sequence[int | None]

BUDGET = 2_000
_FOUND = "found"


@dataclass(frozen=True, slots=True)
class Ranking:
    """recall@k: share of facts held by the first k passages. MRR: mean of 1/rank (Voorhees 1999). nDCG@10 with one
    relevant thing: 1/log2(1 + rank), 0 past 10 (Järvelin and Kekäläinen 2002).
    """

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    reciprocal_rank: float
    ndcg_at_10: float


def ranks(retrieved: Sequence[Span], facts: Facts) -> list[int | None]:
    """For each fact the rank, from 1, of the first passage that holds it; None if none does."""
    return [next((rank for rank, one in enumerate(retrieved, 1) if _holds(one, fact)), None) for fact in facts]


def rankings(found: Mapping[str, Ranks]) -> dict[str, Ranking]:
    """The measures of each question, given the ranks of its facts."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {"recall_at_1": R @ 1, "recall_at_5": R @ 5, "recall_at_10": R @ 10}
    measures |= {"reciprocal_rank": RR, "ndcg_at_10": nDCG @ 10}
    names = {str(measure): name for name, measure in measures.items()}
    queries = {f"{id_}\t{number}": rank for id_, held in found.items() for number, rank in enumerate(held)}
    relevant = [ir_measures.Qrel(query, _FOUND, 1) for query in queries]
    run = [ir_measures.ScoredDoc(*row) for query, rank in queries.items() for row in _run(query, rank)]
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in ir_measures.iter_calc(measures.values(), relevant, run):
        values[one.query_id.rpartition("\t")[0]][names[str(one.measure)]].append(one.value)
    return {
        id_: Ranking(**{name: sum(each) / len(each) for name, each in held.items()}) for id_, held in values.items()
    }


def within_budget(retrieved: Sequence[Span], facts: Facts, budget: int = BUDGET) -> float | None:
    """The share of facts held by the first ``budget`` retrieved characters: fair across passage sizes."""
    if not facts:
        return None
    kept: list[Span] = []
    for span in retrieved:
        taken = Span(span.article_id, span.start, min(span.end, span.start + budget))
        budget -= taken.length
        kept.append(taken)
    return sum(rank is not None for rank in ranks(kept, facts)) / len(facts)


def _holds(passage: Span, fact: Sequence[Span]) -> bool:
    return any(2 * overlap(passage, place) >= place.length for place in fact)


def _run(query: str, rank: int | None) -> Iterator[tuple[str, str, float]]:
    """A run that has the fact at its rank, if it was found, and something else everywhere above it."""
    for at in range(1, (rank or 1) + 1):
        yield query, _FOUND if at == rank else f"other {at}", -float(at)
