"""The page in a real browser: what a person on a phone or at a desk sees, clicks, downloads and never loads."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import CHROMIUM, served
from conftest import Run

from ingest.build import ingest
from rag.settings import Settings

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect  # noqa: E402

expect.set_options(timeout=20_000)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
]

FILLER = "\n\n".join(
    f"The spine has many parts, and part number {n} of the spine is described here." for n in range(40)
)
ARTICLES = {
    "sciatica.md": f"""---
title: Sciatica
reviewed: 2026-01-05
references:
  - title: A guideline
    url: https://www.example.org/guideline
---

# Sciatica

Sciatica is leg pain from an irritated nerve in the lower back.

## About the spine

{FILLER}

## What helps sciatica

Walking often eases sciatica. Bed rest does not help sciatica.

## Sciatica at night

Sciatica often gets worse at night when a person lies flat.
""",
    "<b>hostile.md": """# Gluteal <img src=x onerror="window.pwned=1"> :red[pain] ![x](https://evil.example/x.png)

Gluteal tendon pain is felt at the side of the hip <script>window.pwned = 1</script> when lying on it.

[Gluteal tendon pain](javascript:window.pwned=1) eases with <iframe src="https://evil.example"></iframe> strength exercises.
""",
}
SIGN = "I cannot feel when I wipe. What eases sciatica?"


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def index(articles: Path) -> Settings:
    settings = Settings(index=str(articles.parent / "page-index"), ingest_runtime="light")
    ingest([articles], settings)
    return settings


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "page.log"


@pytest.fixture(scope="module")
def address(index: Settings, log: Path) -> Iterator[str]:
    with served(Path(index.index), log) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def is_probe(message: ConsoleMessage) -> bool:
    """Streamlit looks for its server below the address of a page before it looks at the root: a 404 of its own."""
    return "404" in message.text and bool(re.search(r"/\w+/_stcore/", message.location["url"]))


PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)
Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """Opens the page in a browser of its own; at the end nothing may have gone wrong or elsewhere in any of them."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def minded(page: Page) -> None:
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" and not is_probe(one) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request", lambda one: None if one.url.startswith((address, "data:", "blob:")) else wrong.append(one.url)
        )
        page.on("dialog", lambda one: wrong.append(one.message))

    def open_(path: str = "", *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        phone = {"user_agent": PHONE, "has_touch": True} if width < 600 else {}
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, color_scheme=scheme, **phone)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("page", minded)
        page = context.new_page()
        page.goto(f"{address}/{path}")
        page.locator(".cb-standing, .cb-alarm, h1").first.wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def settle(page: Page) -> None:
    """Waits until the page has been drawn to its end."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_have_count(1)
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".cb-question", has_text=question[:30]).or_(page.locator(".cb-alarm")).first).to_be_visible()
    page.locator(".cb-sources .cb-mark, .cb-abstained, .cb-alarm").first.wait_for()
    settle(page)


def expect_in_view(page: Page, selector: str) -> None:
    """Waits until the middle of the first line of an element is what a person would touch there."""
    page.wait_for_function(
        """selector => {
            const element = document.querySelector(selector), box = element?.getClientRects()[0];
            const hit = box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return Boolean(hit) && (element === hit || element.contains(hit));
        }""",
        arg=selector,
        timeout=10_000,
    )


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (800, 900), (360, 740)])
def test_a_click_on_a_number_brings_the_marked_words_into_view(open_page: Open, width: int, height: int) -> None:
    page = open_page(width=width, height=height)
    ask(page, "Does sciatica get worse at night?")
    number = page.locator(".cb-cite").first
    target = str(number.get_attribute("href"))
    said = page.locator(".cb-statement").first.inner_text()

    number.click()

    expect_in_view(page, target)
    assert page.locator(target).inner_text() in said
    page.locator(f"{target}").locator("xpath=preceding-sibling::a[1]").click()
    expect_in_view(page, ".cb-statement")


def test_the_source_opens_at_the_place_without_a_click(open_page: Open) -> None:
    page = open_page()
    ask(page, "Does sciatica get worse at night?")

    expect_in_view(page, ".cb-mark")
    page.get_by_text(re.compile(r"\d+ more paragraphs")).first.click()
    expect(page.get_by_text("part number 7 of the spine")).to_be_visible()


def test_a_number_shows_its_quote_on_hover_and_works_from_the_keyboard(open_page: Open) -> None:
    page = open_page()
    ask(page, "Does sciatica get worse at night?")
    tip = page.locator(".cb-tip").first
    expect(tip).to_be_hidden()
    page.locator(".cb-cite").first.hover()
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)

    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "cb-cite":
            break
    expect(tip).to_be_visible()
    page.keyboard.press("Enter")

    expect_in_view(page, ".cb-mark")


def test_a_red_flag_cannot_be_overlooked_and_stays_until_it_is_dismissed(open_page: Open) -> None:
    page = open_page(width=360, height=740)
    ask(page, SIGN)

    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("cannot feel")
    assert alarm.locator("a[href='tel:999']").count() == 1
    expect_in_view(page, ".cb-action")
    expect(page.locator(".cb-statement")).to_have_count(0)
    page.locator('[data-testid="stExpandSidebarButton"]').click()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="About Citeback")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Do not drive yourself")
    page.locator('[data-testid="stExpandSidebarButton"]').click()
    page.get_by_role("link", name="Ask").click()

    page.get_by_role("button", name="I was misread").click()

    expect(page.locator(".cb-question")).to_have_text(SIGN)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_not_in_the_articles_is_said_plainly(open_page: Open) -> None:
    page = open_page()
    ask(page, "Who painted the night watch in Amsterdam?")

    expect(page.get_by_text("The articles do not answer this.")).to_be_visible()
    near = page.get_by_text("Nearest passages, not an answer")
    expect(page.locator(".cb-quote").first).to_be_hidden()
    near.click()
    expect(page.locator(".cb-quote").first).to_be_visible()


def test_a_follow_up_keeps_its_subject_and_one_click_forgets(open_page: Open) -> None:
    page = open_page()
    ask(page, "What is sciatica?")
    ask(page, "does it get worse at night?")

    expect(page.locator(".cb-statement").first).to_contain_text("worse at night")
    expect(page.get_by_text("as “does sciatica get worse at night?”")).to_be_visible()
    page.get_by_role("button", name="Erase this conversation").click()
    expect(page.get_by_role("heading", name="Ask, and read it in the source")).to_be_visible()
    expect(page.get_by_text("does it get worse at night?")).to_have_count(0)


def test_the_downloaded_answer_proves_itself(open_page: Open, index: Settings, tmp_path: Path, citeback: Run) -> None:
    page = open_page()
    ask(page, "What eases sciatica?")
    page.get_by_text("Take this answer along").click()
    files = {}
    for name in ("HTML", "Markdown", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        files[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[name])

    proved = citeback("verify", str(files["JSON"]), "--index", index.index)

    assert proved.returncode == 0, proved.stderr
    saved = json.loads(files["JSON"].read_text("utf-8"))
    assert saved["question"] == "What eases sciatica?"
    for citation in (one for statement in saved["statements"] for one in statement["citations"]):
        assert citation["article_sha256"] in files["HTML"].read_text("utf-8")
        assert citation["article_sha256"] in files["Markdown"].read_text("utf-8")


def test_feedback_is_kept_only_with_consent(open_page: Open, index: Settings) -> None:
    file = Path(f"{index.index}-feedback.sqlite")
    page = open_page()
    ask(page, "What eases sciatica?")
    page.get_by_text("Did a number lead to the right place?").click()
    page.get_by_text("The right place", exact=True).click()
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("nothing has been stored")).to_be_visible()
    assert not file.exists()

    page.get_by_text("Store this, with my question").click()
    page.get_by_role("button", name="Send feedback").click()

    expect(page.get_by_text("Stored. Thank you.")).to_be_visible()
    database = sqlite3.connect(file)
    rows = database.execute("SELECT question, article_id, verdict FROM feedback").fetchall()
    database.close()
    assert rows == [("What eases sciatica?", "sciatica", "right_place")]


def test_a_link_opens_a_question(open_page: Open) -> None:
    page = open_page(f"?q={quote('What eases sciatica?')}")

    expect(page.locator(".cb-question")).to_have_text("What eases sciatica?")
    page.get_by_text("Take this answer along").click()
    expect(page.get_by_text(f"?q={quote('What eases sciatica?')}")).to_be_visible()


CONTRAST = """() => {
    const probe = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = colour => { probe.clearRect(0, 0, 1, 1); probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
        return [...probe.getImageData(0, 0, 1, 1).data]; };
    const light = ([r, g, b]) => { const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
        return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
    const behind = element => { for (let one = element; one; one = one.parentElement) {
        const colour = rgba(getComputedStyle(one).backgroundColor); if (colour[3] > 250) return colour; }
        return [255, 255, 255, 255]; };
    const bad = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement, style = getComputedStyle(element);
        if (!walk.currentNode.data.trim() || !element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
        if (element.closest('style, script, noscript, [disabled]') || !element.getClientRects().length) continue;
        const [a, b] = [light(rgba(style.color)), light(behind(element))].sort((x, y) => y - x);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
        if ((a + .05) / (b + .05) < (large ? 3 : 4.5)) bad.push(
            walk.currentNode.data.trim().slice(0, 40) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
    }
    return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", f"?q={quote('What eases sciatica?')}", f"?q={quote(SIGN)}", "articles", "about"])
def test_every_text_has_contrast(open_page: Open, scheme: str, path: str) -> None:
    page = open_page(path, scheme=scheme)
    page.wait_for_timeout(500)

    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert background == ("rgb(253, 252, 250)" if scheme == "light" else "rgb(18, 24, 29)")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(
    "path", ["", f"?q={quote('What eases sciatica?')}", f"?q={quote(SIGN)}", "articles", "about", "evaluation"]
)
def test_nothing_is_wider_than_a_small_phone(open_page: Open, path: str) -> None:
    page = open_page(path, width=360, height=740)
    page.wait_for_timeout(500)

    wide = page.evaluate(
        """() => [...document.querySelectorAll('.stMain *')].filter(one => one.checkVisibility() && !one.closest('pre')
            && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.className + ' ' + one.textContent.slice(0, 30))"""
    )
    assert wide == []


HOSTILE = "What eases gluteal tendon pain <img src=x onerror=window.pwned=1><script>window.pwned=1</script> :red[x] ![x](https://evil.example/q.png) \u202etxt?"


@pytest.mark.parametrize("question", [HOSTILE, "What eases gluteal tendon pain?", "Where is gluteal tendon pain felt?"])
def test_hostile_questions_and_articles_are_only_words(open_page: Open, question: str) -> None:
    page = open_page()
    ask(page, question)
    ask(page, "and at night?")

    expect(page.locator(".cb-fold summary", has_text=question[:20]).last).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert page.locator(".stMain img, .stMain iframe, .stMain script, .stMain a[href^='javascript']").count() == 0


def test_the_words_of_a_hostile_article_are_shown_as_they_are(open_page: Open) -> None:
    page = open_page()
    ask(page, "Where is gluteal tendon pain felt?")

    shown = page.locator(".cb-sources").inner_text()
    assert "<script>window.pwned = 1</script>" in shown
    assert 'Gluteal <img src=x onerror="window.pwned=1"> :red[pain] ![x](https://evil.example/x.png)' in shown
    page.goto(page.url.split("?")[0] + "articles")
    expect(page.get_by_text("2 of 2 articles")).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_two_browsers_do_not_see_each_other(open_page: Open) -> None:
    first, second = open_page(), open_page()
    ask(first, "What eases sciatica in my left leg?")
    ask(second, "What is sciatica?")
    second.reload()
    second.locator(".cb-standing").wait_for()

    expect(second.get_by_text("left leg")).to_have_count(0)
    expect(first.locator(".cb-question")).to_have_text("What eases sciatica in my left leg?")


def test_articles_can_be_searched_and_read(open_page: Open) -> None:
    page = open_page("articles")
    page.get_by_label("Search in titles and texts").fill("lies flat")
    page.get_by_label("Search in titles and texts").press("Enter")
    expect(page.get_by_text("1 of 2 articles")).to_be_visible()
    expect(page.get_by_role("button", name="Sciatica")).to_have_count(1)  # the count is new before the list is
    page.get_by_role("button", name="Sciatica").click()

    expect(page.get_by_role("heading", name="Sciatica", exact=True)).to_be_visible()
    expect(page.get_by_role("article").get_by_text("Reviewed: 2026-01-05")).to_be_visible()
    assert page.get_by_role("link", name="A guideline").get_attribute("href") == "https://www.example.org/guideline"
    assert "article=sciatica" in page.url


def test_a_source_opens_its_whole_article_and_the_conversation_is_still_there(open_page: Open) -> None:
    page = open_page()
    ask(page, "What eases sciatica?")
    page.get_by_role("link", name="Whole article: Sciatica").click()
    expect(page.get_by_role("heading", name="Sciatica", exact=True)).to_be_visible()

    page.get_by_role("link", name="Ask").click()

    expect(page.locator(".cb-question")).to_have_text("What eases sciatica?")


def test_the_evaluation_page_says_how_to_make_a_run(open_page: Open) -> None:
    expect(open_page("evaluation").get_by_text("citeback eval --out")).to_be_visible()


def test_a_printed_answer_is_a_clean_sheet(open_page: Open) -> None:
    page = open_page()
    ask(page, "What eases sciatica?")
    page.emulate_media(media="print")

    expect(page.locator(".cb-statement").first).to_be_visible()
    expect(page.locator(".cb-mark").first).to_be_visible()
    for chrome in ("textarea", '[data-testid="stHeader"]', '[data-testid="stExpander"]'):
        expect(page.locator(chrome).first).to_be_hidden()


def test_a_published_article_answers_without_a_restart(open_page: Open, articles: Path, index: Settings) -> None:
    page = open_page()
    ask(page, "What is the knee cap?")
    expect(page.get_by_text("The articles do not answer this.")).to_be_visible()
    (articles / "knee.md").write_text("# Knee cap\n\nThe knee cap is a small bone that glides on the thigh bone.\n")
    try:
        ingest([articles], index)
        ask(page, "What is the knee cap made for?")
        ask(page, "What is the knee cap?")
        expect(page.locator(".cb-statement").first).to_contain_text("glides on the thigh bone")
    finally:
        (articles / "knee.md").unlink()
        ingest([articles], index)


def test_no_question_is_written_anywhere(open_page: Open, index: Settings, log: Path) -> None:
    page = open_page()
    ask(page, "Does zanzibar ease sciatica?")
    refused = open_page("?q=" + "zanzibar" * 600)
    expect(refused.get_by_role("alert")).to_contain_text("the limit is 4,000")

    files = [log, *(path for path in Path(index.index).parent.rglob("*") if path.is_file())]
    assert [path.name for path in files if b"zanzibar" in path.read_bytes()] == []
