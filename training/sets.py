"""The held-out documents as articles on disk, with the questions asked over them: what the whole product is tried on.

Places are offsets into the articles as written here. ``weigh`` fits its lines on some of these sets, ``trial`` measures
the product on all of them; none of their documents was trained on.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.spans import Span
from ingest.build import ingest
from rag.encoder import Runtime
from rag.index import Index
from rag.schema import Json
from rag.settings import Settings
from training.articles import FOLDER, Library, is_kept, libraries
from training.asked import FILE, numbered
from training.data import (
    DENSE,
    HELD_OUT_ARTICLES,
    Item,
    Passage,
    held_out,
    lines,
    load_medquad,
    records,
    untokenised,
)
from training.lay import HEADINGS
from training.neighbours import name_of
from training.questions import lay

Facts = tuple[tuple[Span, ...], ...]
SHELF = 4  # articles of our own in one library
TWINS, SEARCHES = "twins", "searches"
SEARCHED = Path(__file__).parent / "searches"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the places that state each fact it needs (none if no article answers), and harmless places."""

    text: str
    kind: str
    facts: Facts
    also: tuple[Span, ...] = ()

    @property
    def places(self) -> tuple[Span, ...]:
        """Every place that may be cited."""
        return tuple(place for fact in self.facts for place in fact) + self.also


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Articles by id, and what is asked over them."""

    name: str
    articles: Mapping[str, str]
    questions: tuple[Question, ...]

    def indexed(self, folder: Path) -> Index:
        """An index of the articles, made in an empty folder."""
        (folder / "articles").mkdir(parents=True)
        for article_id, text in self.articles.items():
            (folder / "articles" / f"{article_id}.md").write_text(text, "utf-8")
        settings = Settings(index=str(folder / "index"), ingest_runtime=Runtime.LIGHT)
        ingest([folder / "articles"], settings)
        return Index.open(Path(settings.index))


class Page:
    """A Markdown article that grows, and says where each part of it stands."""

    def __init__(self, article_id: str, title: str) -> None:
        self.id, self.text = article_id, f"# {title}\n\n"

    def heading(self, words: str) -> None:
        """A section begins."""
        self.text += f"## {words}\n\n"

    def paragraph(self, sentences: Sequence[str]) -> list[Span]:
        """A paragraph of these sentences, and the place of each."""
        places = []
        for sentence in sentences:
            places.append(Span(self.id, len(self.text), len(self.text) + len(sentence)))
            self.text += sentence + " "
        self.text = self.text.rstrip() + "\n\n"
        return places


def encyclopaedia(data: Path, limit: int) -> HeldOut:
    """Two articles of SQuAD 2.0 with answerable questions and adversarial ones; an answer is a few words."""
    rng = random.Random(3)
    articles: dict[str, str] = {}
    yes, no = [], []
    for record in (*records(data, "squad2-six/squad2-six.json.gz"), *_ten(data)):
        if record["title"] not in HELD_OUT_ARTICLES:
            continue
        page = Page(record["title"].lower().replace("_", "-"), record["title"].replace("_", " "))
        for paragraph in record["paragraphs"]:
            (place,) = page.paragraph([paragraph["context"].strip()])
            shift = place.start - (len(paragraph["context"]) - len(paragraph["context"].lstrip()))
            for qa in paragraph["qas"]:
                spans = tuple(
                    Span(page.id, shift + one["answer_start"], shift + one["answer_start"] + len(one["text"]))
                    for one in qa["answers"]
                )
                if qa.get("is_impossible"):
                    no.append(Question(qa["question"].strip(), "adversarial", ()))
                elif spans:
                    yes.append(Question(qa["question"].strip(), "answerable", (spans,)))
        articles[page.id] = page.text
    return HeldOut("encyclopaedia", articles, (*_some(yes, limit, rng), *_some(no, limit, rng)))


def _ten(data: Path) -> list[Json]:
    return records(data, "squad2-train-ten/squad2-train-ten.json.gz")


def web_questions(data: Path, limit: int) -> HeldOut:
    """CLAP NQ: every passage an article, a third of the questions; a fact for each sentence that most people chose."""
    articles: dict[str, str] = {}
    questions = []
    for name in ("clapnq_part_answerable", "clapnq_part_unanswerable"):
        for record in lines(data / f"clapnq-part/{name}.jsonl.gz"):
            (source,) = record["passages"]
            page = Page(f"passage-{len(articles)}", source["title"])
            places = page.paragraph([untokenised(sentence) for sentence in source["sentences"]])
            articles[page.id] = page.text
            if not held_out(named("clapnq", record["id"])):
                continue
            chosen = [set(one["selected_sentences"]) for one in record["output"] if one["selected_sentences"]]
            votes = [sum(sentence in one for one in chosen) for sentence in source["sentences"]]
            most = [p for p, v in zip(places, votes, strict=True) if v and 2 * v >= len(chosen)]
            few = [p for p, v in zip(places, votes, strict=True) if v and 2 * v < len(chosen)]
            facts = tuple((place,) for place in most)
            questions.append(Question(record["input"].strip(), "natural", facts, tuple(few)))
    return HeldOut("web questions", articles, tuple(questions[: 2 * limit]))


def health(data: Path, limit: int) -> HeldOut:
    """MedQuAD documents asked in our lay wordings; the whole section of the right kind counts, so labels are weak.

    What no document answers is asked about other conditions: those that no title names, not even a kind of them.
    """
    rng = random.Random(3)
    documents: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in load_medquad(data):
        if held_out(item):
            documents[item.passage.document].setdefault(item.passage.section, item)
    names = sorted(documents)
    rng.shuffle(names)
    articles: dict[str, str] = {}
    yes = []
    for name in names[:130]:
        sections = documents[name]
        title = next(iter(sections.values())).passage.title
        page = Page(f"condition-{len(articles)}", title)
        for section, item in sections.items():
            page.heading(HEADINGS.get(section, (section,))[0] or section)
            places = page.paragraph(item.passage.sentences)
            question = lay(item.asks, title, rng)
            if question:
                yes.append(Question(question, item.asks, ((Span(page.id, places[0].start, places[-1].end),),)))
        articles[page.id] = page.text
    others = [next(iter(documents[name].values())) for name in names[130:200]]
    titles = [name_of(next(iter(documents[name].values())).passage.title) for name in names[:130]]
    unnamed = [item for item in others if not any(name_of(item.passage.title) <= title for title in titles)]
    asked = [lay(item.asks, item.passage.title, rng) for item in unnamed]
    no = [Question(one, "other condition", ()) for one in asked if one]
    return HeldOut("health", articles, (*_some(yes, limit, rng), *no))


def asked(data: Path) -> HeldOut:
    """Our lay questions over MedQuAD documents."""
    documents = numbered(data)
    pages: dict[tuple[str, str], tuple[Page, list[Span]]] = {}
    questions = []
    for line in FILE.read_text("utf-8").splitlines():
        row = json.loads(line)
        key = (row["url"], row["focus"])
        if not held_out(named("asked", row["url"])):
            continue
        if key not in pages:
            page, places = Page(f"document-{len(pages)}", key[1]), []
            for heading, sentences in documents[key]:
                page.heading(heading)
                places += page.paragraph(sentences)
            pages[key] = page, places
        at = pages[key][1]
        facts = tuple(tuple(at[number] for number in fact) for fact in row["sentences"])
        questions.append(Question(row["question"], row["kind"], facts, tuple(at[number] for number in row["also"])))
    return HeldOut("asked", {page.id: page.text for page, _ in pages.values()}, tuple(questions))


def own() -> list[HeldOut]:
    """Our lay questions over articles of our own, a few articles at a time, as a small site has them.

    All in one library, a question that one article leaves open would be answered by the next.
    """
    return _shelves("own", [one for one in libraries(FOLDER) if is_kept(one) and not _is_dense(one)])


def twins() -> list[HeldOut]:
    """Our questions over encyclopaedic articles: near misses in an article's own words, answers in other words."""
    return _shelves(TWINS, [one for one in libraries(FOLDER) if is_kept(one) and _is_dense(one)])


def searches() -> list[HeldOut]:
    """Our web searches over encyclopaedic articles: several sentences to an answer, or a page that lets one down."""
    return _shelves(SEARCHES, libraries(SEARCHED))


def _is_dense(one: Library) -> bool:
    return f"own:{one.article.id}".startswith(DENSE)


def _shelves(name: str, some: Iterable[Library]) -> list[HeldOut]:
    ordered = sorted(some, key=lambda one: one.article.sha256)
    return [_shelf(name, ordered[at :: len(ordered) // SHELF]) for at in range(len(ordered) // SHELF)]


def _shelf(name: str, some: Sequence[Library]) -> HeldOut:
    questions = []
    for one in some:
        for row in one.asked:
            facts = tuple(tuple(Span(one.article.id, *place) for place in fact) for fact in row.facts)
            also = tuple(Span(one.article.id, *place) for place in row.also)
            questions.append(Question(row.question, row.kind, facts, also))
    return HeldOut(name, {one.article.id: one.article.text for one in some}, tuple(questions))


def every(data: Path, limit: int) -> Iterator[HeldOut]:
    """All of them."""
    yield from own()
    yield from twins()
    yield from searches()
    makers: tuple[Callable[[], HeldOut], ...] = (
        lambda: asked(data),
        lambda: encyclopaedia(data, limit),
        lambda: web_questions(data, limit),
        lambda: health(data, limit),
    )
    for make in makers:
        yield make()


def named(source: str, name: str) -> Item:
    """An item with nothing but its document: enough to tell whether that is held out."""
    return Item(source, "", Passage(f"{source}:{name}", "", "", ()), ())


def _some(questions: Sequence[Question], limit: int, rng: random.Random) -> list[Question]:
    return rng.sample(questions, min(limit, len(questions)))
