"""Each format becomes headings, paragraphs and items, and what is furniture never becomes a sentence."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from ingest.document import Document, Kind
from ingest.load import find_files, read_article
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import read_plain
from rag.errors import InputRefused

HEADING, PARAGRAPH, ITEM, FURNITURE = Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM, Kind.FURNITURE

SAVED_PAGE = """Why does my hip hurt?

a man holding his hip

a man holding his hip

Answered by Jo Smith

Hip pain has many causes. Most of them are harmless.

More Posts Like This From Our Clinic:

How to Sit Well on Cold Mornings

Five Stretches for Runners

Understanding Hip Pain

The hip is a ball and socket joint.

1. Muscle Strain

Muscle strain feels like a dull ache.

  • Rest: This helps for a day or two.
  1) Walking is better than lying down.

Need Help With Hip Pain?

Call us at 555-123-4567 to book your appointment.

Jo Smith"""


def blocks(document: Document) -> list[tuple[Kind, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_a_web_page_saved_as_plain_text() -> None:
    document = read_plain(SAVED_PAGE.encode(), "page.txt")

    assert document.title == "Why does my hip hurt?"
    assert blocks(document) == [
        (HEADING, "Why does my hip hurt?"),
        (FURNITURE, "a man holding his hip"),
        (FURNITURE, "a man holding his hip"),
        (FURNITURE, "Answered by Jo Smith"),
        (PARAGRAPH, "Hip pain has many causes. Most of them are harmless."),
        (FURNITURE, "More Posts Like This From Our Clinic:"),
        (FURNITURE, "How to Sit Well on Cold Mornings"),
        (FURNITURE, "Five Stretches for Runners"),
        (HEADING, "Understanding Hip Pain"),
        (PARAGRAPH, "The hip is a ball and socket joint."),
        (HEADING, "1. Muscle Strain"),
        (PARAGRAPH, "Muscle strain feels like a dull ache."),
        (ITEM, "• Rest: This helps for a day or two."),
        (ITEM, "1) Walking is better than lying down."),
        (HEADING, "Need Help With Hip Pain?"),
        (PARAGRAPH, "Call us at 555-123-4567 to book your appointment."),
        (FURNITURE, "Jo Smith"),
    ]


def test_hard_wrapped_paragraphs_are_joined_without_changing_the_text() -> None:
    text = (
        "Lumbar stenosis\n\n"
        "Spinal stenosis is a narrowing of the canal that holds the\n"
        "nerves of the lower back, and it comes with age in most of\n"
        "the people who have it. Sitting eases the leg pain because a\n"
        "bent back gives the nerves more room than a straight one.\n\n"
        "- Leaning on a trolley helps many people to walk further than\n"
        "they can without one.\n"
    )

    document = read_plain(text.encode(), "a.txt")

    assert document.text == text
    assert [kind for kind, _ in blocks(document)] == [HEADING, PARAGRAPH, ITEM]


def test_markdown_offsets_point_into_the_file() -> None:
    text = (
        "---\ntitle: Hip pain\nreviewed: 2026-01-31\nreferences:\n  - title: A\n    publisher: B\n---\n\n"
        "# Hip pain\n\nHip pain is *common*.\nIt often eases.\n\n## What helps ##\n\n"
        "- Walking helps.\n- Rest\n  helps too.\n\n> A quoted line.\n\n![picture](x.png)\n\n```\ncode\n```\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\nUnderlined\n----------\n\nLast words.\n"
    )

    document = read_markdown(text.encode(), "a.md")

    assert document.text == text
    assert document.title == "Hip pain"
    assert document.metadata["reviewed"] == "2026-01-31"
    assert document.metadata["references"] == [{"title": "A", "publisher": "B"}]
    assert blocks(document) == [
        (HEADING, "Hip pain"),
        (PARAGRAPH, "Hip pain is *common*.\nIt often eases."),
        (HEADING, "What helps"),
        (ITEM, "Walking helps."),
        (ITEM, "Rest\n  helps too."),
        (PARAGRAPH, "A quoted line."),
        (FURNITURE, "![picture](x.png)"),
        (HEADING, "Underlined"),
        (PARAGRAPH, "Last words."),
    ]


MARKS = [
    ("a heading without words", "#\n\nHips carry load.", [(PARAGRAPH, "Hips carry load.")]),
    ("a heading in a list", "- # Hips\n- Rest.", [(HEADING, "Hips"), (ITEM, "Rest.")]),
    ("a heading in a quotation", "> Hips\n> ====", [(HEADING, "Hips")]),
    ("a quotation without a space", ">Hips carry load.", [(PARAGRAPH, "Hips carry load.")]),
    ("a sentence a line", "> Rest.\n> Walk on.", [(PARAGRAPH, "Rest."), (PARAGRAPH, "Walk on.")]),
    ("a sentence broken by a mark", "> Pain for\n> 5 days. Rest.", [(PARAGRAPH, "Rest.")]),
    ("a line that names the quotation", "> **Key points**\n> Hips carry load.", [(PARAGRAPH, "Hips carry load.")]),
]


@pytest.mark.parametrize(("case", "text", "expected"), MARKS, ids=[case for case, _, _ in MARKS])
def test_markdown_marks_belong_to_no_block(case: str, text: str, expected: list[tuple[Kind, str]]) -> None:
    assert blocks(read_markdown(text.encode(), "a.md")) == expected


def test_half_characters_in_front_matter_are_replaced() -> None:
    document = read_markdown(b'---\ntitle: "Hip \\ud800"\ntags: ["\\udfff"]\n---\nHips carry load.', "a.md")

    assert (document.title, document.metadata) == ("Hip ?", {"title": "Hip ?", "tags": ["?"]})


HTML = """<html><head><title>Hip pain</title></head><body><nav><a href="/">Home</a> <a href="/x">All posts</a></nav>
<main><article><h1>Hip pain</h1><p>Hip pain is felt in the groin by many people who have arthritis of the hip joint, and
it gets worse when walking.</p><h2>What helps</h2><p>Several things help people with hip pain in daily life:</p>
<ul><li>Walking on flat ground helps.</li><li>Swimming <b>helps</b> too, says Dr. Jones.</li></ul></article></main>
<script>alert(1)</script><footer>Copyright. We use cookies. Subscribe to our newsletter.</footer></body></html>"""


def docx_file() -> bytes:
    docx = pytest.importorskip("docx")
    document, stream = docx.Document(), io.BytesIO()
    document.add_heading("Hip pain", 0)
    document.add_paragraph(
        "Hip pain is felt in the groin by many people who have arthritis of the hip joint, and it gets worse when walking."
    )
    document.add_heading("What helps", 1)
    document.add_paragraph("Several things help people with hip pain in daily life:")
    document.add_paragraph("Walking on flat ground helps.", style="List Bullet")
    document.add_paragraph("Swimming helps too, says Dr. Jones.", style="List Bullet")
    document.save(stream)
    return stream.getvalue()


def pdf_file() -> bytes:
    fpdf = pytest.importorskip("fpdf")
    sheet = fpdf.FPDF()
    sheet.add_page()
    for size, text in (
        (18, "Hip pain"),
        (
            11,
            "Hip pain is felt in the groin by many people who have arthritis of the hip joint, and it gets worse when "
            "walking.",
        ),
        (14, "What helps"),
        (11, "Several things help people with hip pain in daily life:"),
        (11, "- Walking on flat ground helps."),
        (11, "- Swimming helps too, says Dr. Jones."),
    ):
        sheet.set_font("helvetica", size=size)
        sheet.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
        sheet.ln(6)
    return bytes(sheet.output())


SAME_ARTICLE = [
    (HEADING, "Hip pain"),
    (
        PARAGRAPH,
        "Hip pain is felt in the groin by many people who have arthritis of the hip joint, and it gets worse when walking.",
    ),
    (HEADING, "What helps"),
    (PARAGRAPH, "Several things help people with hip pain in daily life:"),
    (ITEM, "Walking on flat ground helps."),
    (ITEM, "Swimming helps too, says Dr. Jones."),
]


def test_html_without_its_navigation() -> None:
    document = read_html(HTML.encode(), "a.html")

    assert document.title == "Hip pain"
    assert blocks(document) == SAME_ARTICLE


MIXED = [
    ("a line break", "<p>Rest is good.<br>Walk on.</p>", [(PARAGRAPH, "Rest is good. Walk on.")]),
    (
        "a quotation with a paragraph inside",
        "<blockquote>Rest is good. <p>Walk on.</p> Sit less.</blockquote>",
        [(PARAGRAPH, "Rest is good."), (PARAGRAPH, "Walk on."), (PARAGRAPH, "Sit less.")],
    ),
    (
        "an item with a list inside",
        "<ul><li>Rest <b>is</b> good: <ul><li>in bed</li></ul> Walk on.</li></ul>",
        [(ITEM, "Rest is good:"), (ITEM, "in bed"), (ITEM, "Walk on.")],
    ),
]


@pytest.mark.parametrize(("case", "inside", "expected"), MIXED, ids=[case for case, _, _ in MIXED])
def test_html_loses_no_words_and_glues_none(case: str, inside: str, expected: list[tuple[Kind, str]]) -> None:
    page = HTML.replace("</article>", f"{inside}</article>")

    assert blocks(read_html(page.encode(), "a.html")) == [*SAME_ARTICLE, *expected]


def test_docx() -> None:
    document = read_docx(docx_file(), "a.docx")

    assert document.title == "Hip pain"
    assert blocks(document) == SAME_ARTICLE


def test_pdf() -> None:
    document = read_pdf(pdf_file(), "a.pdf")

    assert document.title == "Hip pain"
    assert [(kind, text.removeprefix("- ")) for kind, text in blocks(document)] == SAME_ARTICLE


def test_pdf_running_heads_and_page_numbers_are_dropped() -> None:
    fpdf = pytest.importorskip("fpdf")
    sheet = fpdf.FPDF()
    sheet.set_font("helvetica", size=11)
    for number in range(1, 5):
        sheet.add_page()
        sheet.cell(0, 6, "A journal of hips", new_x="LMARGIN", new_y="NEXT")
        sheet.ln(10)
        sheet.multi_cell(0, 6, f"Hips carry load, says sentence {number} of this long paper about hips and backs.")
        sheet.set_y(270)
        sheet.cell(0, 6, str(number))

    text = read_pdf(bytes(sheet.output()), "a.pdf").text

    assert "journal" not in text
    assert text.count("Hips carry load") == 4


def test_pdf_words_broken_at_a_lines_end_are_made_whole() -> None:
    fpdf = pytest.importorskip("fpdf")
    sheet = fpdf.FPDF()
    sheet.set_font("helvetica", size=11)
    sheet.add_page()
    sheet.multi_cell(50, 6, "Six weeks of self\u00admanagement and physio\u00adtherapy are enough.")

    text = read_pdf(bytes(sheet.output()), "a.pdf").text

    assert text == "Six weeks of selfmanagement and physiotherapy are enough."


def zip_file(member: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(member, "")
    return stream.getvalue()


BROKEN_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[9 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>"
)
FROM_THE_FUTURE = zip_file("a").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x63")
BADLY_NAMED = zip_file("é").replace("é".encode(), b"\xff\xff")


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (read_pdf, b"%PDF-1.7 broken"),
        pytest.param(read_pdf, BROKEN_PAGE, id="a broken page"),
        pytest.param(read_docx, FROM_THE_FUTURE, id="a zip of version 9.9"),
        pytest.param(read_docx, BADLY_NAMED, id="a badly named member"),
        (read_pdf, b""),
        (read_docx, b"PK\x03\x04 broken"),
        (read_docx, b"no zip"),
        (read_html, b"<html><body></body></html>"),
        (read_markdown, b"---\na: &x [1]\nb: *x\n---\ntext"),
        (read_markdown, b"---\n!!python/object:os.system x\n---\ntext"),
        (read_markdown, b"---\njust words\n---\ntext"),
        (read_plain, b"\x00\x01"),
    ],
)
def test_a_broken_file_is_refused_by_name(reader: object, data: bytes) -> None:
    with pytest.raises(InputRefused, match=r"broken\.file"):
        reader(data, "broken.file")  # type: ignore[operator]


def test_a_folder_is_walked_in_order_and_every_file_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("B")
    (tmp_path / "a.md").write_text("A")
    (tmp_path / "sub/c.html").write_text(HTML)
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    (tmp_path / "linked").symlink_to(tmp_path / "sub")
    (tmp_path / ".hidden.txt").write_text("hidden")
    (tmp_path / ".DS_Store").write_text("hidden")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/a.md").write_text("A")

    found = [(file.name, bool(file.reason)) for file in find_files([tmp_path])]

    assert found == [
        (".hidden.txt", True),
        ("README.md", True),
        ("a.md", False),
        ("b.txt", False),
        ("empty.txt", True),
        ("image.png", True),
        ("link.txt", True),
        ("linked", True),
        ("sub/c.html", False),
    ]


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.md").write_text("A")
    listed = os.scandir

    def denied(folder: str) -> object:
        if folder.endswith("sub"):
            raise PermissionError(13, "Permission denied", folder)
        return listed(folder)

    monkeypatch.setattr("os.scandir", denied)
    found = [(file.name, file.reason) for file in find_files([tmp_path])]

    assert found == [("a.md", ""), ("sub", "cannot be read (Permission denied)")]


@pytest.mark.parametrize("name", ["nothing", pytest.param("x" * 300, id="too long")])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefused, match=f"{name}: cannot be read"):
        list(find_files([tmp_path / name]))


def test_a_file_name_of_other_bytes_is_shown_with_question_marks(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"hip\xff.txt")
    file.write_text("Hip pain hurts in the groin.")

    assert [one.name for root in (file, tmp_path) for one in find_files([root])] == ["hip?.txt", "hip?.txt"]


def test_the_article_id_is_the_path_without_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/hip-pain.txt").write_text("Hip pain hurts in the groin.")

    article, _ = read_article(next(iter(find_files([tmp_path]))))

    assert (article.id, article.title) == ("sub/hip-pain", "Hip pain")
