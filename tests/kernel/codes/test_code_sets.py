"""Code sets: the shipped data hold together, spellings are recognised, and only certain meanings are offered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zhixing
from zhixing.kernel.codes.code_sets import CodeSet, CodeSetError, load_code_sets
from zhixing.kernel.codes.text import is_one_edit_apart, normalise

STUDENT_CODE_SETS = Path(zhixing.__file__).parent / "domains" / "students" / "data" / "code_sets.toml"

ALL = load_code_sets(STUDENT_CODE_SETS)


@pytest.fixture(params=sorted(ALL))
def code_set(request: pytest.FixtureRequest) -> CodeSet:
    return ALL[request.param]


def test_every_spelling_leads_to_a_value(code_set: CodeSet) -> None:
    assert set(code_set.spellings.values()) == set(code_set.titles)
    assert set(code_set.explained.values()) <= set(code_set.titles)


def test_every_value_is_its_own_canonical_form(code_set: CodeSet) -> None:
    assert [code_set.canonical(title) for title in code_set.titles] == list(code_set.titles)


def test_no_spelling_has_two_meanings(code_set: CodeSet) -> None:
    accepted = [normalise(text) for text in (*code_set.titles, *code_set.synonyms)]
    assert len(accepted) == len(set(accepted))
    assert not {normalise(text) for text in code_set.slips} & set(accepted)


def test_what_is_offered_is_lawful(code_set: CodeSet) -> None:
    for text in (*code_set.titles, *code_set.synonyms, *code_set.slips, "乱写", "1"):
        offered = code_set.nearest(text)
        assert offered is None or code_set.canonical(offered) == offered


def test_every_set_names_its_source(code_set: CodeSet) -> None:
    assert code_set.source
    assert code_set.title
    assert code_set.certainty.label


def test_only_national_and_legal_lists_are_authoritative() -> None:
    authoritative = {name for name, code_set in ALL.items() if code_set.authoritative}
    assert authoritative == {"sex", "ethnic_group", "political_status", "yes_no", "aid_basis"}


def test_there_are_56_ethnic_groups_and_two_more_codes() -> None:
    groups = ALL["ethnic_group"].values
    assert list(groups)[:56] == [f"{number:02d}" for number in range(1, 57)]
    assert set(groups) - {f"{number:02d}" for number in range(1, 57)} == {"97", "98"}
    assert groups["14"] == "白族"
    assert groups["56"] == "基诺族"
    assert all(title.endswith("族") for code, title in groups.items() if int(code) <= 56)


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("study_length", "3年", "3年"),
        ("study_length", "三年", "3年"),
        ("study_length", "３ 年", "3年"),
        ("household_kind", "农业", "农业户口"),
        ("household_kind", "非农业", "非农业户口"),
        ("joint_kind", "非联合办学", "非联招合作办学"),
        ("learner_category", "普通中专（全日制、脱产）", "普通中专"),
        ("learner_category", "调整后中职（非全日制）", "调整后中职(非全日制)"),
        ("overseas_kind", "台胞", "台胞"),
        ("intake_kind", "应届初中毕业生", "应届初中毕业生"),
        ("health", "健康", "健康或良好"),
        ("directory_version", "2021版", "2021"),
    ],
)
def test_lawful_spellings_are_recognised(name: str, text: str, title: str) -> None:
    assert ALL[name].canonical(text) == title


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("ethnic_group", "汉", "汉族"),
        ("ethnic_group", "土", "土族"),
        ("ethnic_group", "土家", "土家族"),
        ("ethnic_group", "藏族人", "藏族"),
        ("ethnic_group", "维族", "维吾尔族"),
        ("ethnic_group", "01", "汉族"),
        ("political_status", "团员", "共青团员"),
        ("political_status", "共青团圆", "共青团员"),
        ("political_status", "党员", "中共党员"),
        ("sex", "男生", "男"),
    ],
)
def test_an_unlawful_spelling_is_outside_the_set_yet_explained(name: str, text: str, title: str) -> None:
    assert ALL[name].canonical(text) is None
    assert ALL[name].nearest(text) == title


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ethnic_group", "满汉族"),
        ("ethnic_group", "火星族"),
        ("ethnic_group", "鄂"),
        ("ethnic_group", "高"),
        ("sex", "男女"),
        ("sex", "未知"),
        ("yes_no", "不"),
        ("yes_no", ""),
        ("study_length", "9年"),
        ("study_length", "33年"),
        ("political_status", "少先队员"),
        ("household_kind", "非农业户籍簿"),
    ],
)
def test_nothing_is_offered_at_the_least_doubt(name: str, text: str) -> None:
    assert ALL[name].canonical(text) is None
    assert ALL[name].nearest(text) is None


def test_a_slip_in_a_negation_is_never_guessed() -> None:
    pair = CodeSet(
        name="pair", title="", authoritative=True, source="", certainty=ALL["sex"].certainty, values={"1": "非联合办学"}
    )
    assert pair.nearest("联合办学") is None
    assert pair.nearest("非联合办校") == "非联合办学"


def test_code_numbers_are_found_and_absent_where_unknown() -> None:
    assert ALL["learner_category"].code_of("普通中专(全日制)") == "33200"
    assert ALL["household_kind"].code_of("农业") is None
    assert ALL["ethnic_group"].code_of("火星族") is None


@pytest.mark.parametrize(
    ("one", "other"), [("汉族", "汉"), ("汉族", "满族"), ("张三", "张三丰"), ("𠮷田", "吉田"), ("", "一")]
)
def test_one_edit_is_counted_in_characters(one: str, other: str) -> None:
    assert is_one_edit_apart(one, other)
    assert is_one_edit_apart(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("汉族", "汉族"), ("汉族", "族汉"), ("张三", "李四"), ("张", "张三丰"), ("三张", "张五")]
)
def test_none_or_two_edits_are_not_one(one: str, other: str) -> None:
    assert not is_one_edit_apart(one, other)
    assert not is_one_edit_apart(other, one)


def test_normalising_evens_out_width_blanks_brackets_and_dots() -> None:
    assert normalise(" 普通中专（全日制、脱产）\u3000") == normalise("普通中专(全日制,脱产)")
    assert normalise("阿依•古丽") == normalise("阿依·古丽")
    assert normalise("４２０６ｘ") == "4206X"
    assert normalise("\u200b汉\ufeff族") == "汉族"


def test_a_school_may_add_values_and_spellings() -> None:
    own = ALL["origin_kind"].with_additions(values={"本县": "本县"}, synonyms={"本地": "本县"})
    assert own.canonical("本地") == "本县"
    assert ALL["origin_kind"].canonical("本地") is None
    with pytest.raises(CodeSetError, match="no value"):
        ALL["origin_kind"].with_additions(synonyms={"火星": "月球"})


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('values = ["甲", "甲"]', "twice"),
        ('values = { "1" = "甲", "2" = " 甲" }', "same title"),
        ('values = ["甲"]\nsynonyms = { "乙" = "丙" }', "no value"),
        ('values = ["甲"]\nsynonyms = { "甲 " = "甲" }', "value already"),
        ('values = ["甲"]\nsynonyms = { "乙" = "甲" }\nslips = { "乙" = "甲" }', "synonym and slip"),
        ('values = ["甲"]\nunheard_of = 1', "unheard_of"),
    ],
)
def test_contradictory_files_are_refused(tmp_path: Path, body: str, complaint: str) -> None:
    file = tmp_path / "sets.toml"
    file.write_text(
        f'[thing]\ntitle = "物"\nauthoritative = true\nsource = "某"\ncertainty = "C1"\n{body}\n', encoding="utf-8"
    )
    with pytest.raises(CodeSetError, match=complaint):
        load_code_sets(file)


def test_a_set_cannot_be_redefined_by_a_later_file(tmp_path: Path) -> None:
    file = tmp_path / "sets.toml"
    file.write_text('[sex]\ntitle = "性别"\nauthoritative = true\nsource = "某"\ncertainty = "C1"\nvalues = ["男"]\n')
    with pytest.raises(CodeSetError, match="sex is defined twice"):
        load_code_sets(file)


def test_asking_for_a_set_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(KeyError, match="ethnic_group"):
        ALL["ethnicity"]
    assert "ethnicity" not in ALL


def test_loading_needs_no_django() -> None:
    program = (
        "import sys; from pathlib import Path; from zhixing.kernel.codes.code_sets import load_code_sets;"
        "from zhixing.kernel.codes.regions import regions; from zhixing.kernel.codes.directories import load_directory;"
        "from zhixing.kernel.standards.standards import load_standards;"
        f"load_code_sets(Path({str(STUDENT_CODE_SETS)!r})); regions().known('420606');"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules)"
    )
    source = str(Path(zhixing.__file__).parent.parent)
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env={"PYTHONPATH": source})
