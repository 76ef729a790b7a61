"""A world small enough to score by hand: two articles, their sentences, and answers that quote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case, Gold
from eval.library import Library, by_article
from eval.spans import Span
from rag.schema import Answer, Article, Citation, Outcome, Passage, Retrieved, Sentence, Statement
from rag.text import sha256

SCIATICA = (
    ("Sciatica is leg pain from a nerve.", "It often starts in the back."),
    ("Walking helps sciatica.", "Bed rest does not help sciatica.", "Run only if it does not hurt."),
)
HIP = (("Hip arthritis hurts in the groin.", "Surgery is an option if other care fails."), ("Exercise eases the hip.",))


def library(**articles: Sequence[Sequence[str]]) -> Library:
    """Articles of paragraphs of sentences; each paragraph is a block and a passage."""
    held: dict[str, Article] = {}
    sentences: list[Sentence] = []
    passages: list[Passage] = []
    for id_, paragraphs in articles.items():
        text = ""
        for block, paragraph in enumerate(paragraphs):
            first, start = len(sentences), len(text)
            for words in paragraph:
                sentences.append(Sentence(len(sentences), id_, "", len(text), len(text) + len(words), block, None))
                text += words + " "
            ids = tuple(range(first, len(sentences)))
            passages.append(Passage(len(passages), id_, "", start, len(text) - 1, ids))
            text = text[:-1] + "\n\n"
        held[id_] = Article(id_, id_.title(), text, sha256(text), f"{id_}.md", {})
    return Library(held, by_article(sentences), tuple(passages))


WORLD = library(sciatica=SCIATICA, hip=HIP)


def span(words: str, world: Library = WORLD) -> Span:
    """Where the words stand; they stand in one article once."""
    places = [(one.id, one.text.index(words)) for one in world.articles.values() if words in one.text]
    assert len(places) == 1, words
    return Span(places[0][0], places[0][1], places[0][1] + len(words))


def citation(words: str, world: Library = WORLD) -> Citation:
    """A citation of the words."""
    place = span(words, world)
    article = world.articles[place.article_id]
    return Citation(place.article_id, article.title, "", place.start, place.end, words, article.sha256)


def gold(*words: str) -> tuple[Gold, ...]:
    """A fact: places that state it equally well."""
    return tuple(Gold(one, span(one)) for one in words)


def case(id_: str, *facts: tuple[Gold, ...], also_ok: tuple[Gold, ...] = (), kind: str = "factoid") -> Case:
    """A case with these facts; unanswerable without any."""
    return Case(id_, f"Question {id_}?", kind if facts else "near_miss", bool(facts), facts, also_ok, "")


def answer(
    *quotes: str | Citation,
    confidence: float = 0.9,
    retrieved: Sequence[str] = (),
    outcome: Outcome | None = None,
    question: str = "?",
) -> Answer:
    """An answer that quotes these words, or declines if there are none."""
    citations = [citation(one) if isinstance(one, str) else one for one in quotes]
    places = [span(words) for words in retrieved]
    return Answer(
        question=question,
        outcome=outcome or (Outcome.ANSWERED if quotes else Outcome.ABSTAINED),
        statements=tuple(Statement(one.quote, (one,)) for one in citations),
        red_flag=None,
        notice=None,
        confidence=confidence,
        nearest=(),
        retrieved=tuple(Retrieved(one.article_id, one.start, one.end, 1.0) for one in places),
        index_id="index",
        settings_digest="settings",
        engine="by hand",
    )


@dataclass(frozen=True)
class Recited:
    """A system that gives prepared answers by question, and declines the rest."""

    answers: Mapping[str, Answer]

    def answer(self, question: str) -> Answer:
        return self.answers.get(question, answer(confidence=0.1, question=question))


NERVE, START = SCIATICA[0]
WALK, REST, RUN = SCIATICA[1]
GROIN, SURGERY = HIP[0]
EXERCISE = HIP[1][0]

CASES = (
    case("a", gold(NERVE)),
    case("b", gold(WALK, EXERCISE), gold(REST), also_ok=gold(START), kind="list"),
    case("c", gold(GROIN)),
    case("d"),
    case("e"),
)
ORACLE = {
    "a": answer(NERVE, retrieved=[NERVE]),
    "b": answer(WALK, REST, retrieved=[WALK, REST]),
    "c": answer(GROIN, retrieved=[GROIN]),
    "d": answer(confidence=0.1),
    "e": answer(confidence=0.2),
}
