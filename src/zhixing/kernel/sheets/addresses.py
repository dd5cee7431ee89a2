"""Cell addresses as a spreadsheet writes them: rows from 1, columns by letter (0 is A)."""

from __future__ import annotations


def letters_of(column: int) -> str:
    """The letters of a column counted from 0: 0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_of(row: int, column: int) -> str:
    """The address of a cell: row from 1, column from 0."""
    return f"{letters_of(column)}{row}"


def parse_cell(address: str) -> tuple[int, int]:
    """Row from 1 and column from 0 of an address; 0 for a missing row, -1 for missing letters."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    digits = address[len(letters) :]
    return int(digits) if digits else 0, column - 1
