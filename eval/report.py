"""A run as one self-contained HTML file: figures, plots, what to write next, and every question with its marked text.

Draws what ``run`` found and decides nothing. Every word of articles, questions and answers is escaped by the template;
the page may load nothing (its content security policy says so). Questions of a closed part are counted, not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import charts
from eval.articles import Coverage, coverage, is_failing
from eval.cases import Case
from eval.command import Evaluation
from eval.library import Library, place
from eval.marks import Marked, Places, marked
from eval.metrics.citations import is_exact, is_right
from eval.results import Part
from eval.run import CaseSet
from eval.score import Score, cited, misled, span_of
from eval.summary import TITLES
from eval.table import figure_text
from rag.errors import StorageFailed
from rag.schema import Answer, Citation, Outcome

FILE = "index.html"
_WORST = 20
HEADLINES = ("first_right", "f1", "answered", "declined", "utility", "exactness", "misleading", "auroc")
# What went wrong, as the filters of the page name it.
TAGS: Mapping[str, str] = {
    "failing": "went wrong",
    "unanswered": "should have answered",
    "overbold": "should have declined",
    "first": "first citation wrong",
    "incomplete": "a fact is missing",
    "loose": "cites what does not answer",
    "misleading": "misleading quote",
    "inexact": "quote not exact",
    "unretrieved": "never retrieved",
    "stopped": "stopped by the guard",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation as the page shows it."""

    citation: Citation
    right: bool
    exact: bool
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A case, its answer and what came of it."""

    case: Case
    answer: Answer
    score: Score
    tags: tuple[str, ...]
    quotes: tuple[Quote, ...]
    facts: tuple[tuple[str, bool], ...]
    articles: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """An article's passages in order, each ``cited``, ``gold`` (labelled, never cited) or ``none``."""

    article_id: str
    title: str
    passages: tuple[tuple[str, str], ...]


def write_report(run: Evaluation, folder: Path) -> Path:
    """Writes the report into the folder and returns its file.

    Raises:
        StorageFailed: it cannot be written.
    """
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(to_html(run), "utf-8", newline="\n")
    except OSError as error:
        raise StorageFailed(f"{file}: cannot be written ({error.strerror})") from error
    return file


def to_html(run: Evaluation) -> str:
    """The page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"figure": figure_text, "interval": charts.interval, "place": place}
    covered = _coverage(run)
    questions = [question for one in run.sets if one.is_open for question in _questions(run, one)]
    return environment.get_template("report.html.j2").render(
        results=run.results,
        titles=TITLES,
        headlines=HEADLINES,
        tags=TAGS,
        plot=charts.risk_coverage({part.name: part.curve for part in run.results.parts}),
        questions=questions,
        worst=_worst(questions, covered),
        counts=Counter(tag for question in questions for tag in question.tags),
        coverage=covered,
        strips=_strips(run.library, covered),
        library=run.library,
    )


def _coverage(run: Evaluation) -> Coverage:
    """Articles are covered by all cases; failing questions are named of open parts only."""
    cases = [case for one in run.sets for case in one.cases]
    scores = [score for part in run.results.parts if part.answers for score in part.scores]
    return coverage(cases, run.asked.answers, scores, run.library)


def _worst(questions: Sequence[Question], covered: Coverage) -> list[Question]:
    by_id = {one.case.id: one for one in questions}
    return [by_id[id_] for id_ in covered.failing[:_WORST]]


def _strips(library: Library, covered: Coverage) -> list[Strip]:
    kinds = {one.id: "gold" for one in covered.uncited} | {one.id: "none" for one in covered.unlabelled}
    by_article: dict[str, list[tuple[str, str]]] = {article_id: [] for article_id in library.articles}
    for one in library.passages:
        by_article[one.article_id].append((kinds.get(one.id, "cited"), one.section))
    return [Strip(id_, library.articles[id_].title, tuple(passages)) for id_, passages in by_article.items()]


def _questions(run: Evaluation, one: CaseSet) -> Iterator[Question]:
    part = next(part for part in run.results.parts if part.name == one.name)
    for case, score in zip(one.cases, _in_order(one, part), strict=True):
        yield question(case, run.asked.answers[case.id], score, run.library)


def _in_order(one: CaseSet, part: Part) -> list[Score]:
    by_id = {score.id: score for score in part.scores}
    return [by_id[case.id] for case in one.cases]


def question(case: Case, answer: Answer, score: Score, library: Library) -> Question:
    """Everything the page says of one question."""
    losses = misled(answer, library)
    quotes = tuple(
        Quote(
            citation=one,
            right=is_right(span_of(one), case.accepted) and is_exact(one, library.find),
            exact=is_exact(one, library.find),
            losses=tuple(f"{found.loss}: “{found.left_out}”" for found in losses if found.quote == span_of(one)),
        )
        for one in cited(answer)
    )
    spans = [span_of(quote.citation) for quote in quotes if quote.exact]
    found = [any(is_right(span, [gold.span for gold in fact]) for span in spans) for fact in case.facts]
    facts = tuple((fact[0].quote, hit) for fact, hit in zip(case.facts, found, strict=True))
    places = Places(
        cited=spans,
        accepted=case.accepted,
        missed=[gold.span for fact, hit in zip(case.facts, found, strict=True) if not hit for gold in fact],
        spare=[gold.span for fact, hit in zip(case.facts, found, strict=True) if hit for gold in fact],
    )
    articles = tuple(_articles(places, library))
    return Question(case, answer, score, tuple(_tags(score)), quotes, facts, articles)


def _articles(places: Places, library: Library) -> Iterator[Marked]:
    for article_id in dict.fromkeys(span.article_id for span in places.all):
        article = library.find(article_id)
        if article is not None:
            yield marked(article, places)


def _tags(score: Score) -> Iterator[str]:
    """Which filters a question falls under."""
    answered = score.answerable and score.answered
    met = {
        "failing": is_failing(score),
        "unanswered": score.answerable and not score.answered,
        "overbold": not score.answerable and score.answered,
        "first": answered and score.first_right == 0,
        "incomplete": answered and (score.recall or 0) < 1,
        "loose": answered and (score.precision or 0) < 1,
        "misleading": score.misleading > 0,
        "inexact": score.exact < score.cited,
        "unretrieved": score.recall_at_10 is not None and score.recall_at_10 < 1,
        "stopped": score.outcome is Outcome.RED_FLAG,
    }
    return (tag for tag, holds in met.items() if holds)
