"""Directories: editions that reuse each other's numbers, and lists that may only confirm while they are incomplete."""

from __future__ import annotations

from pathlib import Path

import pytest

import zhixing
from zhixing.kernel.base.certainty import Certainty
from zhixing.kernel.codes.directories import DirectoryError, Entry, load_directory

MAJORS = Path(zhixing.__file__).parent / "domains" / "school" / "data" / "majors.toml"


def test_both_directories_of_majors_are_there_and_say_that_they_are_incomplete() -> None:
    editions = load_directory(MAJORS).editions
    assert {version: edition.complete for version, edition in editions.items()} == {"2021": False, "2010": False}
    assert [list(edition.groups) for edition in editions.values()] == [
        [str(number) for number in range(61, 80)],
        [f"{number:02d}" for number in range(1, 20)],
    ]


@pytest.mark.parametrize("version", ["2021", "2010"])
def test_every_code_has_the_form_of_its_edition_and_a_group(version: str) -> None:
    edition = load_directory(MAJORS).edition(version)
    assert edition is not None
    assert edition.entries
    for code, entry in edition.entries.items():
        assert edition.has_form_of_code(code)
        assert entry.group == edition.groups[code[:2]]
        assert entry.is_memory


def test_the_codes_of_the_catalogue_are_all_there() -> None:
    edition = load_directory(MAJORS).edition("2021")
    assert edition is not None
    by_certainty = [entry.certainty for entry in edition.entries.values()]
    counts = {certainty: by_certainty.count(certainty) for certainty in set(by_certainty)}
    assert counts == {Certainty.MEMORY_HIGH: 40, Certainty.MEMORY_MIDDLE: 17, Certainty.MEMORY_LOW: 5}


def test_the_same_major_has_another_code_in_another_edition() -> None:
    directory = load_directory(MAJORS)
    codes = {version: edition.find("计算机应用") for version, edition in directory.editions.items()}
    assert {version: entry.code for version, entry in codes.items() if entry} == {"2021": "710201", "2010": "090100"}
    newest = directory.edition("2021")
    assert newest is not None
    assert newest.find("090100") is None


def test_an_incomplete_edition_confirms_but_never_refutes() -> None:
    directory = load_directory(MAJORS)
    assert directory.lists("护理专业", "2021") is True
    assert directory.lists("园艺技术（花卉方向）", "2021") is True
    assert directory.lists("学前教育", "2021") is None
    assert directory.lists("学前教育", "2010") is True
    assert directory.lists("护理", "1993") is None


def test_an_edition_loaded_in_full_refutes() -> None:
    edition = load_directory(MAJORS).edition("2021")
    assert edition is not None
    own = [Entry(code="770101", title="幼儿保育", certainty=Certainty.C1, group="教育与体育大类")]
    full = edition.with_entries(own, complete=True)
    assert full.lists("幼儿保育") is True
    assert full.lists("学前教育") is False
    assert full.lists("护理") is False
    added = edition.with_entries(
        [Entry(code="720201", title="护理学", certainty=Certainty.C1, group="")], complete=False
    )
    assert added.lists("护理学") is True
    assert added.find("护理") is None
    assert added.lists("学前教育") is None


def test_marks_follow_the_group() -> None:
    edition = load_directory(MAJORS).edition("2021")
    assert edition is not None
    marked = {entry.code[:2] for entry in edition.entries.values() if "涉农" in entry.marks}
    assert marked == {"61"}


def test_a_shortened_name_is_explained() -> None:
    edition = load_directory(MAJORS).edition("2021")
    assert edition is not None
    assert edition.nearest("数控技术") == "数控技术应用"
    assert edition.nearest("汽车运用于维修") == "汽车运用与维修"
    assert edition.nearest("中医") is None


EDITION = '[[edition]]\nversion = "1"\ntitle = "表"\nsource = "某"\ncomplete = true\ngroups = { "1" = "甲" }\n'


def test_synonyms_are_accepted_names(tmp_path: Path) -> None:
    file = tmp_path / "list.toml"
    file.write_text(EDITION + '[edition.entries.C1]\n"11" = "子"\n[edition.synonyms]\n"鼠" = "子"\n', encoding="utf-8")
    directory = load_directory(file)
    assert directory.lists("鼠", "1") is True
    assert directory.lists("牛", "1") is False


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('[edition.entries.C1]\n"21" = "丑"\n', "no group"),
        ('[edition.entries.C1]\n"11" = "子"\n"12" = "子"\n', "twice"),
        ('[edition.entries.C1]\n"11" = "子"\n[edition.entries.C2]\n"11" = "丑"\n', "twice"),
        ('[edition.entries.C1]\n"11" = "子"\n[edition.synonyms]\n"鼠" = "丑"\n', "鼠"),
    ],
)
def test_contradictory_lists_are_refused(tmp_path: Path, body: str, complaint: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(EDITION + body, encoding="utf-8")
    with pytest.raises(DirectoryError, match=complaint):
        load_directory(file)
