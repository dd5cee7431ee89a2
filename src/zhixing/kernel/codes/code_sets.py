"""Code sets: the lawful values of a column, how else people write them, and which value was probably meant.

A set's TOML table reads::

    [ethnic_group]
    title = "民族"
    authoritative = true          # a value outside is an error, else only worth a look
    source = "GB/T 3304-1991"
    certainty = "M-H"             # see zhixing.kernel.base.certainty
    values = { "01" = "汉族" }    # code = title; or a plain list where nobody knows the code numbers
    [ethnic_group.synonyms]       # other *lawful* spellings = title
    [ethnic_group.slips]          # *unlawful* spellings whose meaning is beyond doubt = title
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from zhixing.kernel.base.certainty import Certainty
from zhixing.kernel.codes.nearest import nearest_title
from zhixing.kernel.codes.text import normalise

GENERAL_CODE_SETS = Path(__file__).parent / "data" / "general.toml"
"""Sets that every office in China uses: sex, ethnic groups, political status, yes and no."""


class CodeSetError(ValueError):
    """A data file contradicts itself; the message names file, set and value."""


@dataclass(frozen=True, kw_only=True)
class CodeSet:
    """The values a column may hold.

    ``values`` maps code to title; where the code numbers aren't known (``has_codes`` false) every title is its own
    code. ``synonyms`` and ``slips`` map other spellings to a title; the first are accepted, the second only explained.
    """

    name: str
    title: str
    authoritative: bool
    source: str
    certainty: Certainty
    values: Mapping[str, str]
    has_codes: bool = True
    synonyms: Mapping[str, str] = field(default_factory=dict)
    slips: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """Every lawful value, in the order of the standard."""
        return tuple(self.values.values())

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Every accepted spelling, normalised, with the title it stands for: the table an engine joins on."""
        return {normalise(title): title for title in self.titles} | {
            normalise(spelling): title for spelling, title in self.synonyms.items()
        }

    @cached_property
    def explained(self) -> Mapping[str, str]:
        """Spellings that aren't lawful but certain in meaning, normalised: slips, and code numbers."""
        codes = {normalise(code): title for code, title in self.values.items()} if self.has_codes else {}
        return codes | {normalise(spelling): title for spelling, title in self.slips.items()}

    def canonical(self, text: str) -> str | None:
        """Return the title that ``text`` is an accepted spelling of, or None where it is outside the set."""
        return self.spellings.get(normalise(text))

    def nearest(self, text: str) -> str | None:
        """Return the lawful value that was certainly meant by ``text``, or None where one can't be sure."""
        key = normalise(text)
        if not key:
            return None
        return self.spellings.get(key) or self.explained.get(key) or nearest_title(key, self.spellings)

    def code_of(self, text: str) -> str | None:
        """Return the code number of an accepted spelling; None where it is unknown or the set has no numbers."""
        return self._codes.get(self.canonical(text) or "") if self.has_codes else None

    def with_additions(self, *, values: Mapping[str, str] | None = None, synonyms: Mapping[str, str] | None = None,
                       ) -> CodeSet:  # fmt: skip
        """Return the set with a school's own values (code to title) and spellings (spelling to title) added."""
        from dataclasses import replace

        larger = replace(self, values={**self.values, **(values or {})}, synonyms={**self.synonyms, **(synonyms or {})})
        _refuse_contradictions(larger, "校本代码")
        return larger

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return {title: code for code, title in self.values.items()}


class CodeSets(Mapping[str, CodeSet]):
    """Code sets by name; asking for one that doesn't exist says which ones do."""

    def __init__(self, sets: Mapping[str, CodeSet]) -> None:
        self._sets = dict(sets)

    def __getitem__(self, name: str) -> CodeSet:
        try:
            return self._sets[name]
        except KeyError:
            raise KeyError(f"no code set {name!r}; there are: {', '.join(sorted(self._sets))}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sets)

    def __len__(self) -> int:
        return len(self._sets)

    def __contains__(self, name: object) -> bool:
        return name in self._sets


def load_code_sets(*sources: Path) -> CodeSets:
    """Read the general sets and those of ``sources`` (TOML files, later ones may not redefine earlier sets).

    Reads each combination of files once per process. Raises CodeSetError for a file that contradicts itself.
    """
    return _load((GENERAL_CODE_SETS, *sources))


@lru_cache(maxsize=16)
def _load(sources: tuple[Path, ...]) -> CodeSets:
    sets: dict[str, CodeSet] = {}
    for source in sources:
        for name, table in tomllib.loads(source.read_text(encoding="utf-8")).items():
            if name in sets:
                raise CodeSetError(f"{source.name}: {name} is defined twice")
            sets[name] = _code_set(name, table, source.name)
    return CodeSets(sets)


def _code_set(name: str, table: dict[str, Any], where: str) -> CodeSet:
    values = table.pop("values")
    has_codes = isinstance(values, dict)
    if not has_codes:
        if len(set(values)) != len(values):
            raise CodeSetError(f"{where}: {name} lists a value twice")
        values = {title: title for title in values}
    try:
        certainty = Certainty(table.pop("certainty"))
        code_set = CodeSet(name=name, values=values, has_codes=has_codes, certainty=certainty, **table)
    except (KeyError, TypeError, ValueError) as problem:
        raise CodeSetError(f"{where}: {name}: {problem}") from problem
    _refuse_contradictions(code_set, where)
    return code_set


def _refuse_contradictions(code_set: CodeSet, where: str) -> None:
    """Titles must differ, other spellings must lead to a title, and no spelling may have two meanings."""
    keys = [normalise(title) for title in code_set.titles]
    if len(set(keys)) != len(keys):
        raise CodeSetError(f"{where}: {code_set.name} has the same title twice")
    titles = set(code_set.titles)
    for spelling, title in (*code_set.synonyms.items(), *code_set.slips.items()):
        if title not in titles:
            raise CodeSetError(f"{where}: {code_set.name}: {spelling} leads to {title}, which is no value")
        if normalise(spelling) in keys:
            raise CodeSetError(f"{where}: {code_set.name}: {spelling} is a value already")
    both = {normalise(text) for text in code_set.synonyms} & {normalise(text) for text in code_set.slips}
    if both:
        raise CodeSetError(f"{where}: {code_set.name}: {', '.join(sorted(both))} is synonym and slip")
