"""What a terminal adds to plain text: colour and indentation for an answer, and a progress bar. Rich draws both.

In a pipe, or with ``NO_COLOR``, nothing of this shows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.render import lines
from rag.schema import Answer

if TYPE_CHECKING:
    from rich.progress import TaskID

Progress = Callable[[str, int, int], None]

_STYLES = {"alarm": "bold red", "heading": "bold", "source": "dim", "note": "italic"}
_WIDEST = 100


def print_styled(answer: Answer) -> None:
    """Prints an answer to the terminal on standard output."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    width = min(console.width, _WIDEST)
    console.print()
    for line in lines(answer):
        text = Text(line.text, style=_STYLES.get(line.role, ""))
        text.highlight_regex(r"\[\d+\]$", "cyan")
        indent = 2 if line.role in ("statement", "source") else 0
        console.print(Padding(text, (0, 0, line.role == "statement", indent)), width=width)
    console.print()


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yields a function of stage, count done and count in all; it draws only where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done)

        yield show
