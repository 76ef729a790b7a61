"""The whole flow, from a question to a proven answer, on one screen.

``Pipeline.answer`` is the only way to an answer, for the page, the command line, the evaluation and the library alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from rag.asking import load_asking
from rag.conversation import resolved
from rag.encoder import Encoder, open_encoder
from rag.errors import InputRefused, ModelUnavailable
from rag.extract import Draft, Fate, extract
from rag.figures import differ
from rag.guard import Guard, Reading
from rag.index import Index
from rag.lexical import terms
from rag.parts import Part, parts
from rag.reader import Reader, load_reader
from rag.retrieve import Evidence, retrieve
from rag.schema import Answer, Citation, Outcome, Sentence, Statement
from rag.settings import Settings
from rag.text import storable
from rag.urgency import asks_for_emergencies, completed, subject, tells_of_emergency
from rag.verify import proven, spoken

ENGINE = "extractive-9"
QUESTION_LIMIT = 4_000
_NEAREST = 3


@dataclass(frozen=True)
class Pipeline:
    """An index, the encoder that made it, settings, and what was learned for them, ready to answer."""

    index: Index
    encoder: Encoder
    settings: Settings = field(default_factory=Settings)
    guard: Guard = field(default_factory=Guard.load)
    reader: Reader | None = None
    asking: Encoder | None = None

    @classmethod
    def open(cls, settings: Settings) -> Pipeline:
        """Opens the index, the encoder that made it, and what was learned for it if that is installed.

        Raises:
            IndexUnavailable: no index, a damaged one, or one made by another encoder.
        """
        guard = Guard.load(settings.locale)
        index = Index.open(Path(settings.index))
        encoder = open_encoder(settings.encoder)
        index.check_encoder(encoder.model)
        return cls(index, encoder, settings, guard, open_reader(), open_asking(encoder))

    def answer(self, question: str, earlier: Sequence[str] = (), dismissed: frozenset[str] = frozenset()) -> Answer:
        """The answer to a question, as ``reasoned`` finds it."""
        return self.reasoned(question, earlier, dismissed)[0]

    def reasoned(
        self, question: str, earlier: Sequence[str] = (), dismissed: frozenset[str] = frozenset()
    ) -> tuple[Answer, Draft | None]:
        """The answer to a question, every statement of it proven; a reported red flag stops it.

        ``earlier`` holds the questions before it in the conversation, newest last: a follow-up keeps their subject.
        The guard reads the whole question, and the last few before it, ahead of everything else; an error in it stops
        the answer. ``dismissed`` are the rules the person says misread them.

        Raises:
            InputRefused: nothing is asked, or more than ``QUESTION_LIMIT`` characters.
        """
        question, earlier = storable(question), [storable(one) for one in earlier]
        reading = self.guard.read(question, earlier, dismissed)
        if reading.red_flag is not None:
            return stopped(question, reading, self.settings, self.index.id), None
        check_question(question)
        sought = resolved(question, earlier, self._subjects)
        asked = parts(sought, self._subjects)
        # Of a question in parts, the parts are completed: what one of them asks is not asked of the whole.
        evidence = self._found(sought) if asked else self._completed(sought)
        of_parts = [self._completed(part.read) for part in asked]
        draft = extract(evidence, self.index, self.reader, self.settings, of_parts)
        statements = proven(self._statements(draft), self.index.article)
        is_answered = bool(statements) and draft.confidence >= self.settings.threshold
        said = self._beside(draft, asked, statements) if is_answered else (NOT_IN_ARTICLES,)
        said = (*said, _never_mentioned(evidence), "" if is_answered else self._covered(evidence))
        followed = f"Read with your earlier question, as “{sought}”." if sought != question else ""
        answer = Answer(
            question=question,
            outcome=Outcome.ANSWERED if is_answered else Outcome.ABSTAINED,
            statements=statements if is_answered else (),
            red_flag=None,
            notice=" ".join(filter(None, (reading.notice, followed, *said, _read_as(evidence)))) or None,
            confidence=draft.confidence,
            nearest=() if is_answered else tuple(self._citation(one.sentence) for one in draft.considered[:_NEAREST]),
            retrieved=evidence.retrieved,
            index_id=self.index.id,
            settings_digest=self.settings.digest(),
            engine=self.engine,
        )
        return answer, draft

    def _found(self, question: str) -> Evidence:
        return retrieve(question, self.index, self.asking or self.encoder, self.settings.k)

    def _completed(self, question: str) -> Evidence:
        """The same; a question about when to get help is completed first.

        Completed, it comes near what is said of emergencies whatever it asks about: unless that is what the articles
        are about, how sure we are is judged by the question as asked.
        """
        fuller, about = completed(question), subject(question)
        found = self._found(fuller)
        if fuller == question or (about and about <= self._subjects):
            return found
        return replace(found, as_asked=self._found(question))

    @cached_property
    def _subjects(self) -> frozenset[str]:
        """What the articles are about: every stem of their titles."""
        return frozenset(stem for article in self.index.articles() for stem in terms(article.title))

    @property
    def engine(self) -> str:
        """What chose the sentences: the method, and which of its learned parts took part."""
        reader = self.reader.name if self.reader else "no reader"
        return ", ".join((ENGINE, reader, *([] if self.asking else ["questions as asked"])))

    def _statements(self, draft: Draft) -> list[Statement]:
        """Our code cuts the quotes out of the articles; a draft holds only ids."""
        ids = [number for statement in draft.statements for number in statement]
        cited = {sentence.id: self._citation(sentence) for sentence in self.index.sentences(ids)}
        statements = [tuple(cited[number] for number in statement) for statement in draft.statements]
        return [Statement(spoken(citations), citations) for citations in statements]

    def _citation(self, sentence: Sentence) -> Citation:
        article = self.index.article(sentence.article_id)
        assert article is not None, f"the index names an article it does not hold: {sentence.article_id}"
        start, end = sentence.start, sentence.end
        quote = article.text[start:end]
        return Citation(article.id, article.title, sentence.section, start, end, quote, article.sha256)

    def _beside(self, draft: Draft, asked: Sequence[Part], statements: Sequence[Statement]) -> tuple[str, ...]:
        """What a reader of the answer should know: what was left out or found no word, figures that differ."""
        noted = [f"More emergencies than these are named in “{title}”." for title in self._naming_more(draft)]
        noted += [f"Nothing was found on one side of the comparison: “{name}”." for name in draft.unheard]
        noted += [f"The articles do not answer this part: “{asked[at].asked}”." for at in draft.unanswered]
        return (*noted, DIFFERENT_FIGURES) if differ(statements) else tuple(noted)

    def _naming_more(self, draft: Draft) -> list[str]:
        """Of who asks for emergencies: the title of the article that names most of those that found no room."""
        if not asks_for_emergencies(draft.question):
            return []
        no_room = [one.sentence for one in draft.considered if one.fate is Fate.NO_ROOM]
        naming = Counter(one.article_id for one in no_room if tells_of_emergency(self.index.text(one), one.section))
        found = [self.index.article(article_id) for article_id, _ in naming.most_common(1)]
        return [article.title for article in found if article]

    def _covered(self, evidence: Evidence) -> str:
        """What the articles do cover, the nearest to the question first."""
        ids = dict.fromkeys(one.passage.article_id for one in evidence.passages)
        titles = [article.title for article_id in ids if (article := self.index.article(article_id))]
        named = "; ".join(f"“{title}”" for title in titles[:5])
        return f"The nearest articles are about: {named}." if titles else ""


def stopped(question: str, reading: Reading, settings: Settings, index_id: str = "") -> Answer:
    """What is shown instead of an answer when the guard read a red flag; it needs no index."""
    return Answer(
        question=storable(question),
        outcome=Outcome.RED_FLAG,
        statements=(),
        red_flag=reading.red_flag,
        notice=None,
        confidence=0.0,
        nearest=(),
        retrieved=(),
        index_id=index_id,
        settings_digest=settings.digest(),
        engine=ENGINE,
    )


NOT_IN_ARTICLES = "The articles do not answer this."
DIFFERENT_FIGURES = "The articles give different figures here; each is quoted from its own."


def check_question(question: str) -> None:
    """Refuses what is no question we take.

    Raises:
        InputRefused: nothing is asked, or more than ``QUESTION_LIMIT`` characters.
    """
    if not any(char.isalnum() for char in question):
        raise InputRefused("the question is empty; ask something in words")
    if len(question) > QUESTION_LIMIT:
        raise InputRefused(
            f"the question has {len(question):,} characters, the limit is {QUESTION_LIMIT:,}; shorten it"
        )


def open_reader() -> Reader | None:
    """The reader, or none where its model or its runtime is not installed; the answer's ``engine`` says which."""
    try:
        return load_reader()
    except ModelUnavailable:
        return None


def open_asking(encoder: Encoder) -> Encoder | None:
    """The encoder of questions that was learned for this one, or None; the answer's ``engine`` says so."""
    try:
        return load_asking(encoder)
    except ModelUnavailable:
        return None


def _never_mentioned(evidence: Evidence) -> str:
    return f"The articles never mention “{evidence.unmentioned}”." if evidence.unmentioned else ""


def _read_as(evidence: Evidence) -> str:
    if not evidence.repairs:
        return ""
    pairs = ", ".join(f"“{repair.written}” as “{repair.read_as}”" for repair in evidence.repairs)
    return f"Read {pairs}."
