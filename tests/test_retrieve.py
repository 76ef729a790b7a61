"""Words and spelling as search sees them, and two rankings fused into one."""

from __future__ import annotations

import pytest

from rag.english import is_english
from rag.lexical import stem, terms, words
from rag.pipeline import Pipeline
from rag.retrieve import retrieve
from rag.spelling import Repair, mended, repairs

VOCABULARY = {"sciatica": 9, "piriformis": 4, "pain": 50, "osteoarthritis": 5, "lost": 2, "bladder": 3, "weight": 4}
STEMS = {stem(word) for word in VOCABULARY}
KNOWN = {"cost", "ladder", "wait", "paint"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is the pain of L4-L5?", ["pain", "l4", "l5"]),
        ("herniated discs herniate", ["herniat", "disc", "herniat"]),
        ("A person's naïve HIP", ["naiv", "hip"]),
        ("it’s only the of", ["onli"]),
        ("", []),
        ("?!", []),
    ],
)
def test_terms(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_words_fold_width_accents_and_capitals() -> None:
    assert words("ＨＩＰ Café’s") == ["hip", "cafe"]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("siatica", "sciatica"),
        ("pirifomis", "piriformis"),
        ("ostioarthritus", "osteoarthritis"),
        ("pian", "pain"),
    ],
)
def test_a_misspelt_word_is_read_as_the_articles_spell_it(written: str, read_as: str) -> None:
    assert repairs(f"what is {written}?", VOCABULARY, STEMS, KNOWN.__contains__) == (Repair(written, read_as),)


@pytest.mark.parametrize(
    "word", ["cost", "weights", "ladder", "wait", "pains", "sciatica", "hip", "l5", "xqzw", "what"]
)
def test_a_real_word_or_a_rare_one_is_left_alone(word: str) -> None:
    assert repairs(f"is {word} good", VOCABULARY, STEMS, KNOWN.__contains__) == ()


def test_a_mended_question_keeps_its_other_words() -> None:
    assert mended("Is SIATICA’s end near?", (Repair("siatica", "sciatica"),)) == "Is sciatica end near?"
    assert mended("Is sciatica bad?", ()) == "Is sciatica bad?"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("anaemia", "anemia"),
        ("edema", "oedema"),
        ("colored", "coloured"),
        ("centers", "centres"),
        ("stabilise", "stabilize"),
        ("forth", ""),  # not "fourth"
        ("shes", ""),  # not "shoes"
    ],
)
def test_a_word_is_read_as_spelt_on_the_other_side_of_the_atlantic(written: str, read_as: str) -> None:
    vocabulary = dict.fromkeys("anemia oedema coloured centres stabilize fourth shoes".split(), 1)
    made = (Repair(written, read_as),) if read_as else ()
    assert repairs(f"is {written} bad", vocabulary, (), {written}.__contains__) == made


@pytest.mark.parametrize(
    ("word", "known"),
    [("jabs", True), ("cortisone", True), ("cant", True), ("theres", True), ("siatica", False), ("artritis", False)],
)
def test_the_dictionary_tells_a_rare_word_from_a_misspelt_one(word: str, known: bool) -> None:
    assert is_english(word) is known


@pytest.mark.parametrize(
    ("question", "article_id"),
    [
        ("Does the pain of a narrow spinal canal ease when I sit?", "lumbar-spinal-stenosis"),
        ("FABER", "examination-and-imaging"),
        ("my kid limps", "hip-pain-in-children-and-teenagers"),
        ("which discs slip most often", "disc-herniation"),
        ("tihgt pirifomis muscle", "piriformis-and-deep-gluteal-pain"),
    ],
)
def test_the_right_article_is_among_the_first(pipeline: Pipeline, question: str, article_id: str) -> None:
    evidence = retrieve(question, pipeline.index, pipeline.encoder, k=5)

    assert article_id in [one.passage.article_id for one in evidence.passages]


def test_scores_fall_and_k_is_kept(pipeline: Pipeline) -> None:
    scores = [one.score for one in retrieve("hip pain", pipeline.index, pipeline.encoder, k=7).passages]

    assert len(scores) == 7
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("my bum is killing me", True),
        ("FABER", True),
        ("Who won the cup?", True),
        ("hi there", False),
        ("what is it", False),
        ("why?", False),
        ("asdf qwer zxcv and what for lkjh", False),
    ],
)
def test_a_question_without_a_word_of_the_language_names_nothing(
    pipeline: Pipeline, question: str, names: bool
) -> None:
    assert retrieve(question, pipeline.index, pipeline.encoder, k=1).names_something is names
