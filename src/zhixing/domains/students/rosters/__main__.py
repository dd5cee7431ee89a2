"""Reads the student rules ahead of time: ``python -m zhixing.domains.students.rosters`` writes their trees anew.

To be run when a rule, a column or the reader of rules has changed; a test says so.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from zhixing.kernel.rosters import RawTable, verify
from zhixing.kernel.rosters.reading_ahead import write_ahead
from zhixing.kernel.rosters.subset import remembered

from . import STUDENTS, student_codes, student_standards
from .tables import DATA


def main(path: Path) -> None:
    """Verify an empty table of each layout, which reads every rule, and write what was read."""
    for layout in STUDENTS.layouts:
        headings = tuple(column.title for column in layout.columns)
        columns = {f"c{place}": pa.array([], pa.string()) for place in range(len(headings))}
        table = RawTable(file="", sheet="", header_row=1, headings=headings,
                         data=pa.table({**columns, "_row": pa.array([], pa.int32())}))  # fmt: skip
        verify([table], rosters=[replace(STUDENTS, ahead=None)], against=[table], on=date(2026, 9, 1),
               codes=student_codes(), standards=student_standards())  # fmt: skip
    write_ahead(remembered().items(), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "rules_ahead.json")
