"""How much of a foreign document we are willing to take in."""

from __future__ import annotations

from zhixing.kernel.sheets.limits import MIB, WEB, Limits

# A container is bound as a sheet from the web is; pictures make documents longer and parts more.
DOCUMENT = Limits(
    file_bytes=32 * MIB,
    unpacked_bytes=WEB.unpacked_bytes,
    rows=WEB.rows,
    columns=WEB.columns,
    table_rows=WEB.table_rows,
    memory_bytes=WEB.memory_bytes,
    cpu_seconds=WEB.cpu_seconds,
    entries=2000,
)
PART_BYTES = 48 * MIB
"""The longest single part of a container that is read: 300 dense pages take a tenth of it."""
TEXT_BYTES = 8 * MIB
LINES = 60_000
"""Paragraphs and rows; a 300-page document has some 6,000."""
LINE_CHARACTERS = 100_000
TABLE_COLUMNS = 64
