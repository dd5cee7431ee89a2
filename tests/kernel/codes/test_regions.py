"""Regions: every code that ever was, names old and new, and addresses that do or don't hang together."""

from __future__ import annotations

import pytest

from zhixing.kernel.codes.place_names import city_spellings, county_spellings, province_spellings
from zhixing.kernel.codes.regions import regions
from zhixing.kernel.codes.text import normalise

XIANGYANG = {
    "420602": "襄城区",
    "420606": "樊城区",
    "420607": "襄州区",
    "420624": "南漳县",
    "420625": "谷城县",
    "420626": "保康县",
    "420682": "老河口市",
    "420683": "枣阳市",
    "420684": "宜城市",
}


@pytest.mark.parametrize(("code", "name"), XIANGYANG.items())
def test_every_county_of_xiangyang_is_there(code: str, name: str) -> None:
    assert regions().known(code)
    assert regions().name(code) == name
    assert regions().hierarchy_ok("湖北省", "襄阳市", name) is True
    assert regions().hierarchy_ok("湖北省", "武汉市", name) is False


@pytest.mark.parametrize("code", ["330113", "330114", "500156", "659011", "460400", "110105", "420000", "420600"])
def test_recent_codes_are_known(code: str) -> None:
    assert regions().known(code)
    assert regions().name(code)


@pytest.mark.parametrize("code", ["110103", "422625", "420621", "512501", "310103"])
def test_cancelled_codes_stay_known(code: str) -> None:
    assert regions().known(code)


@pytest.mark.parametrize("code", ["810000", "820000", "830000", "710000"])
def test_residence_permits_are_known(code: str) -> None:
    assert regions().known(code)


@pytest.mark.parametrize("code", ["000000", "999999", "990101", "420699", "", "42060", "4206060", "AB0101"])
def test_codes_that_never_were_are_unknown(code: str) -> None:
    assert not regions().known(code)


def test_a_test_may_know_a_code_of_its_own_without_telling_anybody() -> None:
    assert regions(frozenset({"990101"})).known("990101")
    assert not regions().known("990101")
    assert "990101" not in regions().codes


def test_names_run_from_the_newest_to_the_oldest() -> None:
    assert regions().names("420600")[:2] == ("襄阳市", "襄樊市")
    assert regions().names("420607") == ("襄州区", "襄阳区")
    assert regions().name("990101") is None


def test_there_are_34_provinces() -> None:
    assert len(regions().province_names) == 34
    assert {"湖北省", "广西壮族自治区", "香港特别行政区", "台湾省", "重庆市"} <= set(regions().province_names)


@pytest.mark.parametrize(
    "address",
    [
        "湖北 襄阳 樊城",
        "湖北省 襄樊市 襄阳区",
        "湖北省 襄樊市 樊城区",
        "湖北省 襄阳市 襄阳县",
        "湖北省 省直辖县级行政单位 仙桃市",
        "湖北省 省直辖县级行政区划 神农架林区",
        "湖北省 仙桃市 仙桃市",
        "湖北省 潜江 潜江市",
        "湖北省 恩施州 巴东县",
        "湖北省 恩施土家族苗族自治州 恩施市",
        "湖北省 宜昌市 长阳县",
        "北京市 北京市 朝阳区",
        "北京市 市辖区 海淀区",
        "重庆市 县 云阳县",
        "重庆 重庆 武隆区",
        "重庆市 重庆市 武隆县",
        "上海市 上海市 卢湾区",
        "浙江省 杭州市 临平区",
        "海南省 儋州市 儋州市",
        "广东省 东莞市 东莞市",
        "甘肃省 嘉峪关市 嘉峪关市",
        "新疆维吾尔自治区 自治区直辖县级行政单位 石河子市",
        "新疆 石河子市 石河子市",
        "新疆 伊犁州 奎屯市",
        "内蒙古 呼伦贝尔市 鄂温克旗",
        "广西 桂林 龙胜各族自治县",
        "四川省 成都市 简阳市",
        "湖北省 枣阳市 枣阳市",
    ],
)
def test_true_addresses_hang_together(address: str) -> None:
    assert regions().hierarchy_ok(*address.split()) is True


@pytest.mark.parametrize(
    "address",
    [
        ("湖北省", "武汉市", "枣阳市"),
        ("浙江省", "襄阳市", "樊城区"),
        ("浙江省", "襄阳市", ""),
        ("河南省", "某地", "樊城区"),
        ("湖北省", "省直辖县级行政单位", "樊城区"),
        ("湖北省", "潜江市", "仙桃市"),
        ("四川省", "重庆市", "渝中区"),
        ("北京市", "北京市", "樊城区"),
        ("北京市", "县", "浦东新区"),
        ("湖北省", "枣阳市", "海淀区"),
        ("", "武汉市", "樊城区"),
    ],
)
def test_contradictions_are_seen(address: tuple[str, str, str]) -> None:
    assert regions().hierarchy_ok(*address) is False


@pytest.mark.parametrize(
    "address",
    [
        ("", "", ""),
        ("湖北省", "", "樊城区"),
        ("湖北省", "襄阳市", ""),
        ("湖北省", "襄阳市", "高新区"),
        ("湖北省", "襄阳市", "鱼梁洲经济开发区"),
        ("湖北省", "襄阳市", "市辖区"),
        ("湖北省", "襄阳市", "城区"),
        ("湖北省", "某地", "樊城区"),
        ("某省", "襄阳市", "樊城区"),
        ("广东省", "东莞市", "长安镇"),
        ("湖北省", "枣阳市", "宜城市"),
        ("香港特别行政区", "香港特别行政区", "中西区"),
    ],
)
def test_blank_unknown_and_general_names_leave_the_answer_open(address: tuple[str, str, str]) -> None:
    assert regions().hierarchy_ok(*address) is None


def test_every_region_in_use_hangs_together_under_its_own_names() -> None:
    """Reads each county's own city and province back: no true address of today may be called broken."""
    table = regions()
    wrong = []
    for code in sorted(table.codes):
        if code.endswith("00") or code[:2] in {"71", "81", "82", "83"} or code not in table._in_use:
            continue
        names = table.name(code[:2] + "0000"), table.name(code[:4] + "00"), table.name(code)
        if table.hierarchy_ok(*(name or "" for name in names)) is False:
            wrong.append((code, names))
    assert wrong == []


def test_the_relation_says_the_same_as_the_question() -> None:
    table = regions()
    rows = list(table.relation())
    assert 30_000 < len(rows) < 100_000
    assert ("湖北省", "襄阳市", "樊城区") in rows
    assert ("湖北", "襄樊", "樊城") in rows
    assert ("北京市", "市辖区", "海淀区") in rows
    assert all(table.hierarchy_ok(*row) is True for row in rows[::7])
    known = set(rows)
    mixed = [
        (one[0], other[1], third[2]) for one, other, third in zip(rows[::11], rows[3::11], rows[7::11], strict=False)
    ]
    crossed = [(one[0], other[1], other[2]) for one, other in zip(rows[::13], reversed(rows[::13]), strict=True)]
    for row in (*mixed, *crossed):
        answer = table.hierarchy_ok(*row)
        assert answer is None or answer is (row in known), row


def test_official_names_are_in_normal_form_already() -> None:
    table = regions()
    assert [name for code in table.codes for name in table.names(code) if normalise(name) != name] == []


def test_short_forms_of_names() -> None:
    assert province_spellings("广西壮族自治区") == {"广西壮族自治区", "广西"}
    assert city_spellings("黔东南苗族侗族自治州") >= {"黔东南", "黔东南州"}
    assert county_spellings("长阳土家族自治县") >= {"长阳", "长阳县", "长阳自治县"}
    assert county_spellings("鄂温克族自治旗") >= {"鄂温克旗"}
    assert county_spellings("随县") == {"随县"}
