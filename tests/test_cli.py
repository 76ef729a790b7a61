"""The contract at the command line, as scripts see it: codes, streams, fields, order."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run

from rag import VERSION
from rag.schema import Answer, Citation, Retrieved
from rag.settings import Settings

QUESTION = "Does piriformis pain go below the knee?"
LINE = '{"id": 1, "text": "does my back hurt?"}\n'


@pytest.fixture
def index(shipped: Settings) -> tuple[str, str]:
    return ("--index", shipped.index)


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def test_an_answer_as_text(citeback: Run, index: tuple[str, str]) -> None:
    done = citeback("ask", *index, "--", QUESTION)

    assert (done.returncode, done.stderr) == (0, "")
    assert "rarely goes below the knee" in done.stdout
    assert re.search(r"\[1\] Piriformis.* \(piriformis-and-deep-gluteal-pain, characters \d+-\d+\)", done.stdout)
    assert "\x1b" not in done.stdout


def test_an_answer_as_json_has_the_fields_of_the_contract(citeback: Run, index: tuple[str, str]) -> None:
    answer = json.loads(citeback("ask", *index, "--json", "--", QUESTION).stdout)

    assert list(answer) == [
        "question", "outcome", "statements", "red_flag", "notice", "confidence", "nearest", "retrieved", "index_id",
        "settings_digest", "engine",
    ]  # fmt: skip
    assert list(answer) == list(Answer.__slots__)
    assert list(answer["statements"][0]["citations"][0]) == list(Citation.__slots__)
    assert list(answer["retrieved"][0]) == list(Retrieved.__slots__)
    assert (answer["question"], answer["outcome"], answer["red_flag"]) == (QUESTION, "answered", None)
    assert 0 <= answer["confidence"] <= 1


def test_abstaining_says_what_is_near_and_exits_3(citeback: Run, index: tuple[str, str]) -> None:
    done = citeback("ask", *index, "--", "Who won the cup in 1998?")

    assert done.returncode == 3
    assert "The articles do not answer this." in done.stdout
    assert "not an answer" in done.stdout


def test_the_question_may_come_on_standard_input(citeback: Run, index: tuple[str, str]) -> None:
    assert citeback("ask", *index, "-", stdin=QUESTION).stdout == citeback("ask", *index, QUESTION).stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", ""), 2),
        (("ask", "  ?!  "), 2),
        (("ask", "\u200b\u2060"), 2),
        (("ask", "x" * 4001), 2),
        (("ask",), 2),
        (("ask", "--unknown", "x"), 2),
        (("nonsense",), 2),
        (("ingest", "no-such-folder"), 2),
        (("verify", "no-such-file.json"), 2),
        (("ask", "--batch", "no-such-file.jsonl"), 2),
        (("ask", "--out", "answer.jsonl", "x"), 2),
        (("ask", "--explain", "--batch", "-"), 2),
        (("guard", "--out", "reading.jsonl", "x"), 2),
        (("guard", "--explain", "--batch", "-"), 2),
    ],
    ids=str,
)
def test_what_is_refused_gets_one_line_and_its_code(
    citeback: Run, index: tuple[str, str], arguments: tuple[str, ...], code: int
) -> None:
    options = index if arguments[0] in ("ask", "verify") else ()

    done = citeback(arguments[0], *options, *arguments[1:])

    assert (done.returncode, done.stdout) == (code, "")
    assert one_line(done.stderr), done.stderr


@pytest.mark.parametrize("option", ["--json", "--explain"])
def test_a_session_refuses_what_only_one_question_can_have(option: str) -> None:
    _, terminal = pty.openpty()
    command = [sys.executable, str(ROOT / "citeback.py"), "ask", option]

    done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, check=False)

    assert (done.returncode, one_line(done.stderr)) == (2, True)


def test_the_version_needs_no_command(citeback: Run) -> None:
    done = citeback("--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"citeback {VERSION}\n", "")


@pytest.mark.parametrize("command", [("ask", "x"), ("verify",), ("ask", "--batch", "-")])
def test_without_an_index_every_command_says_how_to_make_one(citeback: Run, command: tuple[str, ...]) -> None:
    done = citeback(*command)

    assert done.returncode == 5
    assert one_line(done.stderr)
    assert "citeback ingest" in done.stderr


def test_a_red_flag_is_shown_whatever_is_wrong_with_the_rest(citeback: Run, shipped: Settings, tmp_path: Path) -> None:
    unreadable = tmp_path / "index"
    (unreadable / "CURRENT").mkdir(parents=True)

    without_index = citeback("ask", "--index", str(unreadable), "I can't feel when I wipe")
    without_encoder = citeback("ask", "--index", shipped.index, "I can't feel when I wipe", CITEBACK_ENCODER="none")

    for done in (without_index, without_encoder):
        assert (done.returncode, "EMERGENCY" in done.stdout) == (4, True)


def test_ingest_names_every_file_and_ask_finds_what_it_took(citeback: Run, tiny: Path) -> None:
    (tiny / "photo.png").write_bytes(b"\x89PNG")
    (tiny / "binary.txt").write_bytes(b"\x00\x01\x02")

    done = citeback("ingest", str(tiny))
    answer = citeback("ask", "What eases sciatica?")

    assert done.returncode == 0
    assert re.findall(r"^(\w+) +(\S+?)(?::|$)", done.stdout, re.MULTILINE)[:4] == [
        ("skipped", "binary.txt"), ("taken", "hip.txt"), ("skipped", "photo.png"), ("taken", "sciatica.md"),
    ]  # fmt: skip
    assert (answer.returncode, "Walking often eases sciatica." in answer.stdout) == (0, True)
    assert citeback("ingest", "--strict", str(tiny)).returncode == 8


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_code_7(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    assert citeback("ingest", str(tiny), "--index", str(locked / "index")).returncode == 7


def test_an_index_under_a_file_is_code_7(citeback: Run, tiny: Path) -> None:
    done = citeback("ingest", str(tiny), "--index", str(tiny / "hip.txt" / "index"))

    assert (done.returncode, one_line(done.stderr)) == (7, True)


def test_a_batch_of_200_keeps_its_order_and_one_bad_line_stops_nothing(
    citeback: Run, tiny: Path, tmp_path: Path
) -> None:
    citeback("ingest", str(tiny))
    questions = [json.dumps({"id": number, "question": f"{QUESTION} {number}"}) for number in range(200)]
    questions[7:7] = [
        "not json", "9" * 5000, '{"id": "x"}', '{"question": "no id"}', "[1]", '{"id": "e", "question": ""}',
    ]  # fmt: skip
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(questions), "utf-8")

    done = citeback("ask", "--batch", str(source), "--out", str(target))
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]

    assert (done.returncode, done.stdout) == (0, "")
    assert [row["id"] for row in rows] == [*range(7), None, None, "x", None, None, "e", *range(7, 200)]
    assert [("error" in row) for row in rows].count(True) == 6
    assert all(row["outcome"] in ("answered", "abstained") for row in rows if "error" not in row)


def test_a_batch_is_not_written_over_what_it_reads(citeback: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(LINE, "utf-8")

    done = citeback("guard", "--batch", str(file), "--out", str(file))

    assert (done.returncode, one_line(done.stderr)) == (2, True)
    assert file.read_text("utf-8") == LINE


@pytest.mark.parametrize(
    ("arguments", "stdin"), [(("-",), b"my back \xff hurts"), (("--batch", "-"), LINE.encode().replace(b"?", b"\xff"))]
)
def test_standard_input_is_read_like_a_file_whatever_its_bytes(arguments: tuple[str, ...], stdin: bytes) -> None:
    command = [sys.executable, str(ROOT / "citeback.py"), "guard", *arguments]
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}

    done = subprocess.run(command, input=stdin, capture_output=True, env=strict, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("out", ["/dev/full", "-"])
def test_a_full_disk_is_code_7(out: str) -> None:
    command = [sys.executable, str(ROOT / "citeback.py"), "guard", "--batch", "-", "--out", out]

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, input=LINE, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, one_line(done.stderr)) == (7, True)


def test_a_batch_that_nobody_reads_any_more_ends_without_a_word() -> None:
    command = [sys.executable, str(ROOT / "citeback.py"), "guard", "--batch", "-"]
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(command, input=LINE, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


def test_a_saved_answer_verifies_and_an_altered_one_does_not(
    citeback: Run, index: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "answer.json"
    file.write_text(citeback("ask", *index, "--json", QUESTION).stdout, "utf-8")

    from_index = citeback("verify", *index, str(file))
    from_files = citeback("verify", str(file), "--corpus", str(ROOT / "corpus"))
    file.write_text(file.read_text("utf-8").replace("rarely", "always"), "utf-8")
    altered = citeback("verify", *index, str(file))

    assert (from_index.returncode, from_files.returncode) == (0, 0)
    assert "citations hold" in from_index.stdout
    assert altered.returncode == 2
    assert "do not hold" in altered.stderr or "altered" in altered.stderr


def test_a_saved_answer_cannot_forge_a_line_of_the_proof(citeback: Run, index: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    answer = citeback("ask", *index, "--json", QUESTION).stdout
    file.write_text(answer.replace('"title": "', '"title": "Hip\\nholds    9. '), "utf-8")

    done = citeback("verify", *index, str(file))

    assert "Hip holds 9." in done.stdout
    assert "\nholds    9." not in done.stdout


def test_a_file_that_is_no_answer_is_refused(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text("9" * 5000, "utf-8")  # Python takes no number of more than 4,300 digits

    done = citeback("verify", str(file), "--corpus", str(tiny))

    assert (done.returncode, one_line(done.stderr)) == (2, True)


def test_a_changed_article_makes_a_saved_answer_stale(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    citeback("ingest", str(tiny))
    file = tmp_path / "answer.json"
    file.write_text(citeback("ask", "--json", "What eases sciatica?").stdout, "utf-8")
    (tiny / "sciatica.md").write_text((tiny / "sciatica.md").read_text() + "\nOne more sentence on sciatica.\n")
    (tiny / "broken.docx").write_bytes(b"what ingest would skip")

    done = citeback("verify", str(file), "--corpus", str(tiny))

    assert done.returncode == 2
    assert re.search(r"stale .*the same words still stand", done.stdout)


def test_the_whole_index_verifies(citeback: Run, index: tuple[str, str]) -> None:
    done = citeback("verify", *index)

    assert done.returncode == 0
    assert "27 articles" in done.stdout


def test_info_says_what_is_installed_and_indexed(citeback: Run, index: tuple[str, str]) -> None:
    facts = json.loads(citeback("info", *index, "--json").stdout)

    assert (facts["encoder"], facts["articles"]) == ("all-MiniLM-L6-v2", 27)


def test_an_unknown_setting_is_named_with_its_origin(citeback: Run) -> None:
    done = citeback("info", CITEBACK_NONSENSE="1")

    assert (done.returncode, one_line(done.stderr)) == (2, True)
    assert "nonsense" in done.stderr


def test_asking_imports_no_torch(index: tuple[str, str], shipped: Settings) -> None:
    probe = (
        "import sys, citeback\nsys.argv = ['citeback', 'ask', '--index', sys.argv[1], sys.argv[2]]\n"
        "try:\n    citeback.main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'langchain'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", probe, shipped.index, QUESTION], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert done.stderr.strip() == "[]"


def test_hostile_text_cannot_steer_the_terminal(citeback: Run, tiny: Path) -> None:
    (tiny / "evil.txt").write_text(
        "Evil\x1b]0;owned\x07\n\nSciatica \x1b[31mred\u202e pain eases with rest and calm days.\n"
    )
    citeback("ingest", str(tiny))

    done = citeback("ask", "Does red sciatica pain ease with calm days?")

    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout


def test_colour_only_on_a_terminal(index: tuple[str, str], shipped: Settings) -> None:
    """A real terminal, made by the operating system: colour without NO_COLOR, none with it."""
    for no_colour in ({}, {"NO_COLOR": "1"}):
        chunks: list[bytes] = []

        def read(descriptor: int, chunks: list[bytes] = chunks) -> bytes:
            chunks.append(data := os.read(descriptor, 4096))
            return data

        variables = {"TERM": "xterm-256color", **no_colour}
        command = [sys.executable, str(ROOT / "citeback.py"), "ask", "--index", shipped.index, QUESTION]
        pty.spawn(["env", *(f"{name}={value}" for name, value in variables.items()), *command], read)

        assert (b"\x1b[36m" in b"".join(chunks)) is (not no_colour)
