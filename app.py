"""The page: draws what the pipeline says and decides nothing. The only file that knows Streamlit.

What a person asks lives in their own session and nowhere else; the one thing sessions share is the open pipeline.
Every word from a person or an article goes through ``rag.markup``, which shows text as text.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from urllib.parse import quote

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import streamlit as st

import rag.page
from eval.feedback import Verdict, record
from eval.page import curves, load_run, run_html
from rag import markup
from rag.errors import CitebackError, InputRefused
from rag.examples import example_questions
from rag.live import Live
from rag.pipeline import QUESTION_LIMIT
from rag.render import escaped, numbered
from rag.schema import Answer, Citation, Outcome, RedFlag
from rag.settings import Settings
from rag.sheet import SHEETS

COMMENT_LIMIT = 1_000
PAGE_FILES = Path(rag.page.__file__).parent
VERDICTS = {
    Verdict.RIGHT_PLACE: "The right place",
    Verdict.WRONG_PLACE: "The wrong place",
    Verdict.MISSING: "Something is missing",
}


@st.cache_resource(show_spinner="Opening the articles")
def live() -> Live:
    """The one thing all sessions share; it holds nothing that anyone typed."""
    return Live(Settings.load())


@st.cache_data(show_spinner=False, max_entries=2)
def examples(index_id: str, count: int = 4) -> tuple[str, ...]:
    """Questions to start with, each of them answered by the generation of that id."""
    pipeline = live().current()
    asked = example_questions(pipeline.index.articles(), 2 * count)
    answered = (one for one in asked if pipeline.answer(one).outcome is Outcome.ANSWERED)
    return tuple(islice(answered, count))


def turns() -> list[Answer]:
    """What was asked in this session, oldest first."""
    found: list[Answer] = st.session_state.setdefault("turns", [])
    return found


def ask_later(question: str) -> None:
    """Notes a question for the run that this event starts."""
    st.session_state.pending = question
    st.query_params.pop("q", None)


def ask_typed() -> None:
    """Notes what was typed into the box."""
    ask_later(st.session_state.question or "")


def ask_pending() -> None:
    """Answers the question that is waiting, if one is: typed, chosen, or carried by a link."""
    linked = st.query_params.get("q", "")
    if linked and linked != st.session_state.get("linked"):
        st.session_state.pending = st.session_state.linked = linked
    question = st.session_state.pop("pending", "")
    if question:
        earlier = [answer.question for answer in turns()]
        dismissed = st.session_state.get("dismissed", frozenset())
        turns().append(live().current().answer(question, earlier=earlier, dismissed=dismissed))


def misread(flag: RedFlag) -> None:
    """The person says the alarm misread them: its rule stays quiet in this session, and the question is asked again."""
    st.session_state.dismissed = st.session_state.get("dismissed", frozenset()) | {flag.rule_id}
    st.session_state.pending = turns().pop().question


def erase() -> None:
    """Forgets everything this session holds."""
    st.session_state.clear()
    st.query_params.clear()


def ask_page() -> None:
    """Ask, read, check."""
    try:
        ask_pending()
    except InputRefused as error:
        show_problem(str(error))
    if not turns():
        draw_welcome()
    elif flag := turns()[-1].red_flag:
        draw_alarm(flag)
    else:
        draw_turn(turns()[-1], len(turns()))
        draw_history()
    st.html(markup.return_if_html())
    if turns():
        with st.container(key="box"):
            draw_box("Ask a follow-up, or something new")


def draw_box(label: str) -> None:
    """The question box."""
    st.chat_input(label, key="question", max_chars=QUESTION_LIMIT, on_submit=ask_typed)


def draw_welcome() -> None:
    """The empty page: what this is, the box, and a few questions to start with."""
    index = live().current().index
    with st.container(key="welcome"):
        st.html(markup.welcome_html(index.manifest["counts"]["articles"]))
        draw_box("Your question")
        st.html('<p class="cb-label">For example</p>')
        with st.container(horizontal=True, gap="small"):
            for question in examples(index.id):
                st.button(escaped(question), key=f"example {question}", on_click=ask_later, args=(question,))


def draw_alarm(flag: RedFlag) -> None:
    """Nothing but the alarm and the way on, until the person dismisses it."""
    st.html(markup.red_flag_html(flag))
    with st.container(key="misread"):
        st.button("I was misread: show the articles", on_click=misread, args=(flag,))


def draw_turn(answer: Answer, turn: int) -> None:
    """The answer beside its sources, or what to do when there is none."""
    if live().trouble:
        show_problem(live().trouble)
    if answer.outcome is not Outcome.ANSWERED:
        st.html(markup.question_html(answer.question) + markup.abstained_html(answer))
        return
    with st.container(key="reading"):
        left, right = st.columns([11, 10], gap="large")
    with left:
        st.html(markup.question_html(answer.question) + markup.answer_html(answer, turn))
        draw_take_along(answer)
        draw_feedback(answer, turn)
    with right, st.container(key="sources"):
        st.html(markup.sources_html(answer, live().current().index.article, turn))
        for article_id, title in dict((one.article_id, one.title) for one in numbered(answer)).items():
            st.page_link(ARTICLES, label=f"Whole article: {escaped(title)}", query_params={"article": article_id})


def draw_take_along(answer: Answer) -> None:
    """The answer as a file, and as a link."""
    with st.expander("Take this answer along"), st.container(key="keep"):
        st.text("A sheet with every quote, its place and the article's fingerprint. The JSON file can be proven again.")
        with st.container(horizontal=True):
            for name, suffix, mime, render in SHEETS:
                st.download_button(name, render(answer), f"citeback-answer.{suffix}", mime, on_click="ignore")
        st.text("A link that asks this question again. It shows your question to whoever has it.")
        st.code(f"{st.context.url or ''}?q={quote(answer.question)}", language=None)


@st.fragment
def draw_feedback(answer: Answer, turn: int) -> None:
    """One form for all citations of an answer; stores nothing without consent."""
    cited = {number: citation for citation, number in numbered(answer).items()}
    with st.expander("Did a number lead to the right place?"), st.form(f"feedback {turn}", border=False):
        number = st.radio("Number", list(cited), horizontal=True)
        verdict = st.radio("It led to", list(VERDICTS), format_func=VERDICTS.__getitem__, index=None)
        comment = st.text_area("Anything to add (optional)", max_chars=COMMENT_LIMIT)
        consent = st.checkbox("Store this, with my question, on the computer that runs this page")
        if st.form_submit_button("Send feedback"):
            store_feedback(answer, cited[number], verdict, comment, consent=consent)


def store_feedback(answer: Answer, citation: Citation, verdict: Verdict | None, comment: str, *, consent: bool) -> None:
    """Stores one row and says so, or says what is missing."""
    if verdict is None or not consent:
        st.warning("Choose where it led and tick the box; nothing has been stored.")
        return
    try:
        record(beside_index("feedback.sqlite"), answer.question, verdict, citation, comment[:COMMENT_LIMIT])
    except CitebackError as error:
        show_problem(str(error))
        return
    st.success("Stored. Thank you.")


def beside_index(name: str) -> Path:
    """A file next to the folder of the index."""
    return Path(f"{Settings.load().index.rstrip('/')}-{name}")


def draw_history() -> None:
    """Earlier questions of this session, and the way to forget them all."""
    with st.container(key="history"):
        if len(turns()) > 1:
            st.html(markup.history_html(turns()[:-1]))
        st.button("Erase this conversation", type="tertiary", on_click=erase)


def articles_page() -> None:
    """Browse, search, read."""
    index = live().current().index
    wanted = st.query_params.get("article", "")
    article = index.article(wanted) if wanted else None
    if article is not None:
        st.button("All articles", on_click=open_article, args=("",))
        st.html(markup.whole_article_html(article))
        return
    if wanted:
        show_problem(f"There is no article {wanted} here.")
    st.title("Articles")
    words = st.text_input("Search in titles and texts", max_chars=200).casefold().split()
    found = [one for one in index.articles() if all(word in f"{one.title} {one.text}".casefold() for word in words)]
    st.text(f"{len(found)} of {index.manifest['counts']['articles']} articles")
    for one in found:
        with st.container(border=True):
            st.button(escaped(one.title), key=f"read {one.id}", type="tertiary", on_click=open_article, args=(one.id,))
            st.html(markup.listing_html(one, words))


def open_article(article_id: str) -> None:
    """Turns to one article, or with no id back to the list."""
    st.query_params.clear()
    if article_id:
        st.query_params["article"] = article_id


def evaluation_page() -> None:
    """The last run's figures, plots and failing questions."""
    file = beside_index("evaluation.json")
    st.title("Evaluation")
    run = load_run(file)
    if run is None:
        st.text("No run yet. Make one where this page was started, then reload:")
        st.code(f"citeback eval --out {file}", language=None)
        return
    st.html(run_html(run, live().current().index.id))
    for name, points in curves(run).items():
        st.subheader(f"Risk against coverage: {escaped(name)}")
        rows = {"coverage": [point[0] for point in points], "risk": [point[1] for point in points]}
        st.line_chart(
            rows, x="coverage", y="risk", x_label="share of questions answered", y_label="share of these that are wrong"
        )


def about_page() -> None:
    """What this promises and does not."""
    st.container(key="welcome").markdown((PAGE_FILES / "about.md").read_text("utf-8"))


def show_problem(message: str) -> None:
    """One line about something that went wrong, as text."""
    st.html(f'<p class="cb-notice" role="alert">{markup.text_html(message)}</p>')


def careful(page: Callable[[], None]) -> Callable[[], None]:
    """A page that says what went wrong in one line, and never shows a trace or logs what was typed."""

    def run() -> None:
        try:
            page()
        except CitebackError as error:
            show_problem(str(error))
        except Exception as error:
            name = uuid.uuid4().hex[:8]
            logging.getLogger("citeback").error("unforeseen %s (id %s)", type(error).__name__, name)
            show_problem(f"Something went wrong here (id {name}). Nothing was stored. Reload the page to go on.")

    return run


ASK = st.Page(careful(ask_page), title="Ask", url_path="ask", default=True)
ARTICLES = st.Page(careful(articles_page), title="Articles", url_path="articles")
EVALUATION = st.Page(careful(evaluation_page), title="Evaluation", url_path="evaluation")
ABOUT = st.Page(careful(about_page), title="About", url_path="about")


def main() -> None:
    """Draws the page the address names, under an alarm that has not been dismissed."""
    st.set_page_config(page_title="Citeback", layout="wide")
    page = st.navigation([ASK, ARTICLES, EVALUATION, ABOUT], position="top")
    st.html(PAGE_FILES / "page.css")
    if page != ASK and turns() and (flag := turns()[-1].red_flag):
        st.html(markup.red_flag_html(flag))
    page.run()


main()
