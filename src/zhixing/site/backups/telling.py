"""Say what goes on: a moving bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .archive import Tell


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Give a function to call with (what, bytes done since the last call)."""
    if not sys.stderr.isatty():
        yield lambda what, size: None
        return
    from rich.console import Console  # slow import
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda what, size: bar.update(task, description=f"{title}：{what[:24]}", advance=size)
