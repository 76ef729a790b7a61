"""The house rules that a machine can see: who imports whom, and what an import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("rag", "ingest", "eval")
MAY_IMPORT = {"rag": {"rag"}, "ingest": {"ingest", "rag"}, "eval": {"eval", "rag"}}
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "langchain",
    "langchain_core",
    "streamlit",
    "onnxruntime",
)
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names of every module a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_form_a_star(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]

    assert imported(path) & {*ROOMS, "app", "citeback", "tests", "bench", "training"} <= MAY_IMPORT[room]


@pytest.mark.parametrize("name", ["schema", "errors"])
def test_types_and_errors_stand_on_the_standard_library(name: str) -> None:
    assert imported(ROOT / f"rag/{name}.py") <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "library",
    ["faiss", "sentence_transformers", "trafilatura", "mammoth", "pypdfium2", "syntok", "onnxruntime", "streamlit"],
)
def test_each_heavy_library_is_imported_in_one_file(library: str) -> None:
    assert len([path for path in MODULES if library in imported(path)]) <= 1


@pytest.mark.parametrize("statement", ["import rag", "import rag.pipeline", "import rag.render", "import citeback"])
def test_an_import_loads_no_heavy_library(statement: str) -> None:
    probe = f"{statement}; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, cwd=ROOT, check=True)

    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("path", [*MODULES, ROOT / "citeback.py"], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_says_what_it_is_and_is_called_for_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert path.stem not in {"utils", "helpers", "manager", "common", "misc"}
