"""The ways people shorten the name of a province, a city or a county.

Official names are in normal form already (see ``zhixing.kernel.codes.text``), and so is everything made of them.
"""

from __future__ import annotations

import re

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|"
    "土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|各"
)
_PEOPLES_ALONE = "蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔"
_AUTONOMOUS = re.compile(rf"(.+?)(?:(?:{_PEOPLES})族|{_PEOPLES_ALONE})+自治(州|县|旗)")
_ONE_PEOPLE = re.compile(r"(.+?)族?自治(县|旗)")
_PROVINCE_TAIL = re.compile(r"(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")
_CITY_TAIL = re.compile(r"(?:市|地区|盟)$")
_COUNTY_TAIL = re.compile(r"(?:特区|林区|县|区|市|旗)$")

ANY_CITY = frozenset(
    {
        "市辖区", "县", "市", "直辖", "省直辖", "省直管", "省直辖县", "省直辖县级行政单位", "省直辖县级行政区划",
        "省直辖行政单位", "省直辖县级行政区", "自治区直辖县级行政单位", "自治区直辖县级行政区划", "自治区直辖",
    }
)  # fmt: skip
"""What stands in a city column without naming a city."""

DIRECT = frozenset(word for word in ANY_CITY if "直" in word)
"""Those of them that stand for counties and cities directly under the province."""

ANY_COUNTY = frozenset(
    {"市辖区", "县", "区", "市", "市区", "城区", "郊区", "矿区", "新区", "开发区", "高新区", "经济开发区", "林区"}
)
"""What stands in a county column without naming one particular county."""


def province_spellings(name: str) -> set[str]:
    """湖北省 → 湖北省, 湖北."""
    return _both(name, _PROVINCE_TAIL)


def city_spellings(name: str) -> set[str]:
    """襄阳市 → 襄阳市, 襄阳; 恩施土家族苗族自治州 → also 恩施, 恩施州."""
    return _autonomous(name) or _both(name, _CITY_TAIL)


def county_spellings(name: str) -> set[str]:
    """樊城区 → 樊城区, 樊城; 长阳土家族自治县 → also 长阳, 长阳县. Names of two characters (随县) aren't shortened."""
    return _autonomous(name) or _both(name, _COUNTY_TAIL)


def _both(name: str, tail: re.Pattern[str]) -> set[str]:
    short = tail.sub("", name)
    return {name, short} if len(short) > 1 else {name}


def _autonomous(name: str) -> set[str]:
    match = (_AUTONOMOUS.fullmatch(name) or _ONE_PEOPLE.fullmatch(name)) if "自治" in name else None
    if match is None:
        return set()
    stem, kind = match.groups()
    return {name, stem, stem + kind, f"{stem}自治{kind}"}
