"""The page's flows, run without a browser: what a session asks, sees, keeps and forgets."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from conftest import ROOT, BagEncoder, Run
from streamlit.testing.v1 import AppTest

from ingest.build import ingest
from rag.examples import example_questions
from rag.pipeline import QUESTION_LIMIT, Pipeline
from rag.schema import Answer, Level, Outcome, RedFlag, RuleSource
from rag.settings import Settings

FLAG = RedFlag(
    rule_id="CES_SADDLE",
    level=Level.EMERGENCY,
    title="Numbness between the legs",
    matched=("cannot feel when I wipe",),
    message="This can be cauda equina syndrome.",
    action="Go to A&E now, or call 999. Do not drive yourself.",
    source=RuleSource("National pathway", "Emergency signs", "https://www.example.org/pathway", "2026-11-22"),
)


@pytest.fixture
def index(tiny: Path, settings: Settings, bag: BagEncoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The tiny corpus behind the page."""
    import streamlit as st

    st.cache_resource.clear()
    st.cache_data.clear()
    monkeypatch.setenv("CITEBACK_INDEX", settings.index)
    ingest([tiny], settings)
    yield settings
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def page(index: Settings) -> AppTest:
    """A fresh session."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def html(page: AppTest) -> str:
    """Everything drawn as markup of our own, style sheet aside."""
    assert not page.exception
    return "\n".join(part.proto.body for part in page.get("html") if not part.proto.body.startswith("<style>"))


def ask(page: AppTest, question: str) -> str:
    page.chat_input[0].set_value(question).run()
    return html(page)


def number_of(statement: str, shown: str) -> int:
    """The place of a statement in the answer that is shown."""
    found = re.search(rf'id="t\d+-s(\d+)" tabindex="-1">{re.escape(statement)}', shown)
    assert found
    return int(found[1])


def button(page: AppTest, label: str) -> None:
    next(one for one in page.button if one.label == label).click().run()


def test_the_empty_page_says_what_it_is_and_what_to_watch_for(page: AppTest) -> None:
    shown = html(page)

    assert "from 2 articles" in shown
    assert "When to get medical help at once" in shown


def test_an_answer_stands_beside_its_source(page: AppTest) -> None:
    shown = ask(page, "What eases sciatica?")

    number = number_of("Walking often eases sciatica.", shown)
    assert f'href="#t1-c{number}"' in shown
    assert f'id="t1-c{number}" tabindex="-1">Walking often eases sciatica.</mark>' in shown


def test_an_abstention_shows_what_is_near_as_no_answer(page: AppTest) -> None:
    shown = ask(page, "Who painted the night watch?")

    assert "The articles do not answer this." in shown
    assert "cb-statement" not in shown
    assert not page.get("download_button")


def test_a_follow_up_keeps_the_subject_and_the_history_is_there(page: AppTest) -> None:
    ask(page, "What is sciatica?")
    shown = ask(page, "what helps?")

    assert "as “sciatica: what helps?”" in shown
    assert "Walking often eases sciatica" in shown
    assert "<summary>What is sciatica?</summary>" in shown


def test_erasing_forgets_everything(page: AppTest) -> None:
    ask(page, "What is sciatica?")
    button(page, "Erase this conversation")

    assert "What is sciatica?" not in html(page)
    assert page.session_state.turns == []


def test_a_link_opens_its_question_once(page: AppTest) -> None:
    page.query_params["q"] = "What eases sciatica?"
    page.run()
    page.run()

    assert html(page).count('<h2 class="cb-question">What eases sciatica?</h2>') == 1
    assert len(page.session_state.turns) == 1

    ask(page, "What is sciatica?")
    assert "q" not in page.query_params


@pytest.mark.parametrize("question", ["?!", "a" * (QUESTION_LIMIT + 1)])
def test_a_question_that_is_refused_says_why(page: AppTest, question: str) -> None:
    page.query_params["q"] = question
    shown = html(page.run())

    assert 'role="alert"' in shown
    assert "the question" in shown
    assert page.session_state.turns == []


def test_sessions_do_not_see_each_other(page: AppTest) -> None:
    ask(page, "What eases sciatica in my secret leg?")
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()

    assert "secret" not in html(other)


def test_without_an_index_it_says_what_to_do(index: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CITEBACK_INDEX", str(tmp_path / "nothing"))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()

    assert "make one with: citeback ingest PATH" in html(page)


def test_serving_without_an_index_ends_with_its_exit_code(citeback: Run) -> None:
    done = citeback("serve", "--index", "nothing")

    assert done.returncode == 5
    assert "make one with: citeback ingest PATH" in done.stderr


def test_an_unforeseen_error_shows_an_id_and_no_word_of_the_question(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> Answer:
        raise RuntimeError("secret words")

    monkeypatch.setattr(Pipeline, "answer", fail)
    shown = ask(page, "my secret words")

    assert "Something went wrong here (id " in shown
    assert "secret" not in shown
    assert "secret" not in caplog.text
    assert "unforeseen RuntimeError" in caplog.text


@dataclass
class Guarded:
    """A pipeline whose guard reads one sign; it keeps what it was told, to be looked at."""

    inner: Pipeline
    heard: list[tuple[str, ...]] = field(default_factory=list)

    def answer(self, question: str, *, earlier: Sequence[str] = (), dismissed: frozenset[str] = frozenset()) -> Answer:
        self.heard.append((*earlier, question))
        given = self.inner.answer(question, earlier, frozenset({FLAG.rule_id}))
        if any("wipe" in one for one in (*earlier, question)) and FLAG.rule_id not in dismissed:
            return replace(given, outcome=Outcome.RED_FLAG, statements=(), nearest=(), red_flag=FLAG)
        return given

    @property
    def index(self) -> object:
        return self.inner.index


@pytest.fixture
def guarded(index: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, Guarded]:
    stand_in = Guarded(Pipeline.open(index))
    monkeypatch.setattr("rag.live.Live.current", lambda _: stand_in)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run(), stand_in


def test_a_red_flag_stands_alone_until_it_is_dismissed(guarded: tuple[AppTest, Guarded]) -> None:
    page, _ = guarded
    ask(page, "What is sciatica?")
    shown = ask(page, "I cannot feel when I wipe. What eases sciatica?")

    assert 'role="alert"' in shown
    assert "<q>cannot feel when I wipe</q>" in shown
    assert 'href="tel:999"' in shown
    assert "Rule CES_SADDLE" in shown
    assert "cb-statement" not in shown
    assert "What is sciatica?" not in shown

    button(page, "I was misread: show the articles")
    assert "cb-alarm" not in html(page)
    assert "Walking often eases sciatica." in html(page)
    assert "cb-alarm" not in ask(page, "What is sciatica?")


def test_earlier_turns_reach_the_guard(guarded: tuple[AppTest, Guarded]) -> None:
    page, pipeline = guarded
    ask(page, "What is sciatica?")
    ask(page, "what helps?")

    assert pipeline.heard == [("What is sciatica?",), ("What is sciatica?", "what helps?")]


def test_a_red_flag_comes_back_with_the_next_message_until_dismissed(guarded: tuple[AppTest, Guarded]) -> None:
    page, _ = guarded
    ask(page, "I cannot feel when I wipe.")

    assert "cb-alarm" in ask(page, "What is sciatica?")


def feedback_rows(settings: Settings) -> list[tuple[str, ...]]:
    file = Path(f"{settings.index}-feedback.sqlite")
    if not file.exists():
        return []
    database = sqlite3.connect(file)
    rows = database.execute("SELECT question, article_id, quote, verdict, comment FROM feedback").fetchall()
    database.close()
    return rows


def give_feedback(page: AppTest, *, consent: bool) -> None:
    page.radio[0].set_value(number_of("Walking often eases sciatica.", html(page)))
    page.radio[1].set_value("wrong_place")
    page.text_area[0].set_value("it is the sentence after")
    page.checkbox[0].set_value(consent)
    button(page, "Send feedback")


def test_feedback_is_stored_with_consent(page: AppTest, index: Settings) -> None:
    ask(page, "What eases sciatica?")
    give_feedback(page, consent=True)

    row = (
        "What eases sciatica?",
        "sciatica",
        "Walking often eases sciatica.",
        "wrong_place",
        "it is the sentence after",
    )
    assert feedback_rows(index) == [row]
    assert [one.value for one in page.success] == ["Stored. Thank you."]


def test_feedback_is_not_stored_without_consent(page: AppTest, index: Settings) -> None:
    ask(page, "What eases sciatica?")
    give_feedback(page, consent=False)

    assert feedback_rows(index) == []
    assert page.warning


def test_nothing_asked_is_written_to_disk(page: AppTest, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    ask(page, "What eases sciatica?")
    ask(page, "what helps?")

    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_the_shipped_articles_offer_questions_that_name_their_subject(pipeline: Pipeline) -> None:
    questions = example_questions(pipeline.index.articles(), 6)

    assert len(questions) == 6
    assert all(one.endswith("?") and not re.search(r"\b(?:it|they|this)\b", one) for one in questions)


def test_only_questions_that_are_answered_are_offered(
    shipped: Settings, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    st.cache_resource.clear()
    monkeypatch.setenv("CITEBACK_INDEX", shipped.index)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()

    assert len(page.button) == 4
    assert all(pipeline.answer(one.label).outcome is Outcome.ANSWERED for one in page.button)
