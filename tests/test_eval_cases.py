"""A case is taken only if every label in it still holds; whatever is wrong is named with its line and the mend."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from eval_ground import NERVE, WALK, WORLD

from eval.cases import KINDS, PARTS, load_cases, shipped
from eval.split import parts
from ingest.load import find_files, read_article
from rag.errors import InputRefused
from rag.schema import Article

ROOT = Path(__file__).parent.parent
GOOD = {
    "id": "q1",
    "question": "What is sciatica?",
    "kind": "factoid",
    "answerable": True,
    "groups": [[{"article_id": "sciatica", "quote": NERVE}]],
    "also_ok": [{"article_id": "sciatica", "quote": WALK}],
    "note": "",
}
PLACE = GOOD["groups"][0][0]  # type: ignore[index]


def written(folder: Path, *lines: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), "utf-8")
    return file


def test_a_good_case_is_located_in_its_article(tmp_path: Path) -> None:
    (case,) = load_cases(written(tmp_path, GOOD, ""), WORLD.find)

    assert case.question == "What is sciatica?"
    assert [(one.start, one.end) for one in case.gold] == [(0, len(NERVE))]
    assert [WORLD.text(one) for one in case.accepted] == [NERVE, WALK]


BROKEN = [
    ("not JSON", "{", "not JSON"),
    ("a list", "[]", "not a JSON object"),
    ("missing key", {key: value for key, value in GOOD.items() if key != "note"}, "missing key 'note'"),
    ("unknown key", GOOD | {"source": "x"}, "unknown key 'source'"),
    ("empty question", GOOD | {"question": " "}, "question is ' '"),
    ("unknown kind", GOOD | {"kind": "facts"}, "kind 'facts' is unknown; use one of factoid"),
    ("a draft", GOOD | {"answerable": None}, "decide true or false (a draft has neither)"),
    ("no facts", GOOD | {"groups": []}, "set answerable to false"),
    ("an empty fact", GOOD | {"groups": [[]]}, "set answerable to false"),
    ("facts, not answerable", GOOD | {"answerable": False}, "not answerable, but it has groups"),
    ("groups no list", GOOD | {"groups": PLACE}, "must be a list"),
    ("a flat group", GOOD | {"groups": [PLACE]}, "must be a list"),
    ("place with offsets", GOOD | {"also_ok": [{**PLACE, "start": 0}]}, "is no place"),
    ("unknown article", GOOD | {"also_ok": [{"article_id": "knee", "quote": "x"}]}, "no article 'knee'"),
    (
        *("stale quote", GOOD | {"also_ok": [{"article_id": "sciatica", "quote": "Sciatica is arm pain."}]}),
        "sciatica does not hold “Sciatica is arm pain.”; copy the sentence again",
    ),
    (
        *("quote stands twice", GOOD | {"also_ok": [{"article_id": "sciatica", "quote": "ciatica"}]}),
        "more than once; quote more of its words",
    ),
]


@pytest.mark.parametrize(("line", "complaint"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_case_is_refused_with_its_line_and_the_mend(tmp_path: Path, line: object, complaint: str) -> None:
    file = written(tmp_path, GOOD, line)

    with pytest.raises(InputRefused) as refused:
        load_cases(file, WORLD.find)

    assert str(refused.value).startswith(f"{file}:2: ")
    assert complaint in str(refused.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r":2: id 'q1' is used twice"):
        load_cases(written(tmp_path, GOOD, GOOD), WORLD.find)


def test_every_wrong_line_is_listed(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r":1: not JSON .* \(2 more lines are wrong: 2, 4\)"):
        load_cases(written(tmp_path, "{", "[]", GOOD, "x"), WORLD.find)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_cases_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputRefused, match="holds no case"):
        load_cases(written(tmp_path, content), WORLD.find)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no such file"):
        load_cases(tmp_path / "none.jsonl", WORLD.find)


# The shipped set.


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    found = [read_article(one)[0] for one in find_files([ROOT / "corpus"]) if not one.reason]
    return {article.id: article for article in found}


@pytest.fixture(scope="module")
def everything(articles: dict[str, Article]) -> dict[str, list[tuple[str, str, bool]]]:
    held = {part: load_cases(shipped(part), articles.get) for part in PARTS}
    return {part: [(one.id, one.kind, one.answerable) for one in cases] for part, cases in held.items()}


def test_the_shipped_set_is_large_and_of_every_kind(everything: dict[str, list[tuple[str, str, bool]]]) -> None:
    kinds = Counter(kind for cases in everything.values() for _, kind, _ in cases)

    assert kinds.total() >= 300
    assert kinds["near_miss"] >= 90
    assert kinds["off_topic"] >= 30
    assert set(kinds) == set(KINDS)


def test_only_near_misses_and_off_topic_questions_have_no_answer(
    everything: dict[str, list[tuple[str, str, bool]]],
) -> None:
    for cases in everything.values():
        assert {kind for _, kind, answerable in cases if not answerable} == {"near_miss", "off_topic"}
        assert not {kind for _, kind, answerable in cases if answerable} & {"near_miss", "off_topic"}


def test_a_hash_decided_which_case_is_for_looking_at(everything: dict[str, list[tuple[str, str, bool]]]) -> None:
    placed = {id_: part for part, cases in everything.items() for id_, _, _ in cases}

    assert placed == parts((id_, kind) for cases in everything.values() for id_, kind, _ in cases)
    assert len(everything["test"]) == pytest.approx(0.4 * len(placed), rel=0.03)
