"""Directories: lists of codes that are published anew every few years and reuse each other's numbers.

A code means nothing without the edition it comes from; nothing here guesses the edition from the digits. An edition
that isn't ``complete`` may confirm a name but never refute one. The TOML form::

    [[edition]]
    version = "2021"
    title = "…"
    source = "…"
    complete = false
    groups = { "61" = "农林牧渔" }          # code prefix = name of the group
    [edition.entries.M-H]                   # code = name, by how sure we are of the pair
    "710201" = "计算机应用"
    droppable_endings = ["…"]               # optional: what people put behind a name without changing it
    expected_count = 358                    # optional: how many entries the whole list has
    code_pattern = '^…$'                    # optional: the form of a code
    [edition.marks]                         # optional: prefix or code = words such as "涉农"
    [edition.synonyms]                      # other spelling = name
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from zhixing.kernel.base.certainty import Certainty
from zhixing.kernel.codes.nearest import nearest_title
from zhixing.kernel.codes.text import normalise


class DirectoryError(ValueError):
    """A directory file contradicts itself."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of an edition. ``marks`` are the words that hold for it, such as 涉农."""

    code: str
    title: str
    certainty: Certainty
    group: str
    marks: tuple[str, ...] = ()

    @property
    def is_memory(self) -> bool:
        """True where the pair of code and name hasn't been compared with the published list."""
        return self.certainty.is_memory


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One published edition, as far as it is known here."""

    version: str
    title: str
    source: str
    complete: bool
    groups: Mapping[str, str]
    entries: Mapping[str, Entry]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    droppable_endings: tuple[str, ...] = ()
    expected_count: int | None = None
    code_pattern: str = ""
    note: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Entry]:
        """Every accepted spelling of a name, normalised, with its row."""
        rows = {normalise(entry.title): entry for entry in self.entries.values()}
        return rows | {normalise(other): rows[normalise(name)] for other, name in self.synonyms.items()}

    def find(self, text: str) -> Entry | None:
        """Return the row whose code or name ``text`` is, or None.

        A name is also found with an ending that says nothing (``droppable_endings``) and with a bracket behind it.
        """
        key = normalise(text)
        for attempt in (key, *self._shortened(key)):
            entry = self.entries.get(attempt) or self.by_name.get(attempt)
            if entry is not None:
                return entry
        return None

    def lists(self, text: str) -> bool | None:
        """Tell whether ``text`` is in this edition; None where the edition is incomplete and doesn't know it."""
        if self.find(text) is not None:
            return True
        return False if self.complete else None

    def nearest(self, text: str) -> str | None:
        """Return the listed name that was certainly meant, None at the least doubt."""
        entry = self.find(text)
        if entry is not None:
            return entry.title
        key = normalise(text)
        return nearest_title(key, {spelling: row.title for spelling, row in self.by_name.items()}) if key else None

    def has_form_of_code(self, code: str) -> bool:
        """Tell whether ``code`` looks like a code of this edition; true where the form isn't known."""
        return re.fullmatch(self.code_pattern, code) is not None if self.code_pattern else True

    def with_entries(self, entries: Iterable[Entry], *, complete: bool) -> Edition:
        """Return the edition with a school's own rows in place of the shipped ones where the codes are equal.

        ``complete`` says that the rows are the whole official list, so that the edition may refute names.
        """
        own = {entry.code: entry for entry in entries}
        shipped = {} if complete else self.entries
        kept = {code: entry for code, entry in shipped.items() if code not in own}
        rows = {**kept, **own}
        titles = {normalise(entry.title) for entry in rows.values()}
        synonyms = {other: name for other, name in self.synonyms.items() if normalise(name) in titles}
        edition = replace(self, entries=rows, synonyms=synonyms, complete=complete)
        _refuse_contradictions(edition, self.version)
        return edition

    def _shortened(self, key: str) -> Iterator[str]:
        without_bracket = re.sub(r"\([^()]*\)$", "", key)
        if without_bracket != key:
            yield without_bracket
        for ending in self.droppable_endings:
            yield without_bracket.removesuffix(ending)


class Directory:
    """All editions by version."""

    def __init__(self, editions: Mapping[str, Edition]) -> None:
        self.editions = dict(editions)

    def edition(self, version: str) -> Edition | None:
        """Return the edition of that version, None for one that isn't known here."""
        return self.editions.get(version)

    def lists(self, text: str, version: str) -> bool | None:
        """Tell whether the version lists ``text``; None where the version or its full list isn't known."""
        edition = self.edition(version)
        return None if edition is None else edition.lists(text)


def load_directory(*sources: Path) -> Directory:
    """Read the editions of some TOML files, each combination of files once per process."""
    return _load(sources)


@lru_cache(maxsize=8)
def _load(sources: tuple[Path, ...]) -> Directory:
    editions: dict[str, Edition] = {}
    for source in sources:
        for table in tomllib.loads(source.read_text(encoding="utf-8"))["edition"]:
            edition = _edition(table, source.name)
            if edition.version in editions:
                raise DirectoryError(f"{source.name}: edition {edition.version} is there twice")
            editions[edition.version] = edition
    return Directory(editions)


def _edition(table: dict[str, Any], where: str) -> Edition:
    facts = dict(table)
    facts["droppable_endings"] = tuple(facts.get("droppable_endings", ()))
    marks: dict[str, list[str]] = facts.pop("marks", {})
    groups: dict[str, str] = facts["groups"]
    entries: dict[str, Entry] = {}
    for certainty, rows in facts.pop("entries").items():
        for code, title in rows.items():
            if code in entries:
                raise DirectoryError(f"{where}: {code} is there twice")
            group = next((name for prefix, name in groups.items() if code.startswith(prefix)), None)
            if group is None:
                raise DirectoryError(f"{where}: {code} belongs to no group")
            words = [word for prefix, words in marks.items() if code.startswith(prefix) for word in words]
            entries[code] = Entry(
                code=code, title=title, certainty=Certainty(certainty), group=group, marks=tuple(dict.fromkeys(words))
            )
    edition = Edition(entries=entries, **facts)
    _refuse_contradictions(edition, where)
    return edition


def _refuse_contradictions(edition: Edition, where: str) -> None:
    names = [normalise(entry.title) for entry in edition.entries.values()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise DirectoryError(f"{where}: {edition.version} names {', '.join(sorted(twice))} twice")
    astray = [other for other, name in edition.synonyms.items() if normalise(name) not in names]
    if astray:
        raise DirectoryError(f"{where}: {', '.join(astray)} lead to names that {edition.version} doesn't have")
