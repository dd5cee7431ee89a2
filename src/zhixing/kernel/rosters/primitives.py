"""The product's primitives, each written once for every back end; rules only ever name them.

Every primitive is total: whatever stands in a cell, it answers with a value or with NULL and never raises. Arguments
are pasted into the texts as ``{0}``, ``{1}`` …; the planner sees to it that they are plain columns or literals where
a text uses one often. A number is cast once, and stays below 2**62. The library's own edit distances are not used:
DuckDB's count bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .expressions import Type

BackEnd = Literal["duckdb", "postgres", "spark"]
BACK_ENDS: tuple[BackEnd, ...] = ("duckdb", "postgres", "spark")

LOST = "\x1a"
"""Stands before a number that lost digits when it was typed as a number (SUBSTITUTE); no shape fits such a cell."""
HAN = "㐀-䶿一-鿿豈-﫿𠀀-𳎯〇"
ID_SHAPE = "^[1-9][0-9]{16}[0-9X]$"
NAME_SHAPE = f"^[{HAN}][{HAN}·]*[{HAN}]$"
PHONE_SHAPE = (
    "^([+]?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}$"
    "|^0[0-9]{2,3}[- ]?[2-9][0-9]{6,7}(-[0-9]{1,6})?$|^[(]0[0-9]{2,3}[)][2-9][0-9]{6,7}$"
)
DATE_DIGITS = "^[12][0-9]{7}$"
DATE_PARTS = "^([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?([ T][0-9:.]*)?$"
MONTH_DIGITS = "^[12][0-9]{5}([0-9]{2})?$"
MONTH_PARTS = "^([12][0-9]{3})[-/.年]([0-9]{1,2})([-/.月].*)?$"
YEAR_SHAPE = "^[12][0-9]{3}[年级届]{0,2}$"
SHORT_YEAR_SHAPE = "^[0-9]{2}[级届]$"
NUMBER_SHAPE = "^[0-9]{1,9}([.][0-9]{1,4})?$"
OTHER_DOCUMENT_SHAPE = "^[A-Z0-9()]{5,20}$"
NATIONAL_SHAPE = "^[GJL][1-9][0-9]{16}[0-9X]$"
WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
LONGEST_NAME = 12


@dataclass(frozen=True, kw_only=True)
class Primitive:
    """``takes`` are the types of the arguments, ``gives`` the type of the result, ``bound`` its largest number.

    ``sql`` is a text for all back ends or one for each. ``over`` rewrites the primitive as an expression of others
    (in the subset, arguments as ``{0}`` …), in place of ``sql``. ``once`` gives the result a column of its own, so
    that everything that asks for it shares one evaluation.
    """

    name: str
    takes: tuple[Type, ...]
    gives: Type
    sql: str | Mapping[BackEnd, str] = ""
    over: str = ""
    bound: int = 0
    title: str = ""
    once: bool = False

    def text(self, back_end: BackEnd) -> str:
        """The SQL text of that back end."""
        return self.sql if isinstance(self.sql, str) else self.sql[back_end]


def _each(template: str) -> dict[BackEnd, str]:
    """Print a template in each back end's words: see _WORDS."""
    found: dict[BackEnd, str] = {}
    for back_end in BACK_ENDS:
        sql = template
        for mark, words in _WORDS.items():
            sql = sql.replace(mark, words[back_end])
        found[back_end] = sql
    return found


_WORDS: dict[str, dict[BackEnd, str]] = {
    " DIV ": {"duckdb": " // ", "postgres": " / ", "spark": " DIV "},
    "INT8": {"duckdb": "BIGINT", "postgres": "BIGINT", "spark": "BIGINT"},
    "STRPOS": {"duckdb": "strpos", "postgres": "strpos", "spark": "instr"},
    "TEXT": {"duckdb": "VARCHAR", "postgres": "TEXT", "spark": "STRING"},
}


def _match(argument: str, pattern: str) -> dict[BackEnd, str]:
    return {
        "duckdb": f"regexp_matches({argument}, '{_braced(pattern)}')",
        "postgres": f"({argument} ~ '{_braced(pattern)}')",
        "spark": f"({argument} RLIKE '{_braced(pattern)}')",
    }


def _group(argument: str, pattern: str, place: int) -> dict[BackEnd, str]:
    return {
        "duckdb": f"regexp_extract({argument}, '{_braced(pattern)}', {place})",
        "postgres": f"(regexp_match({argument}, '{_braced(pattern)}'))[{place}]",
        "spark": f"regexp_extract({argument}, '{_braced(pattern)}', {place})",
    }


def _braced(pattern: str) -> str:
    """Braces doubled, because texts are filled by str.format."""
    return pattern.replace("{", "{{").replace("}", "}}")


def _join(*parts: str | dict[BackEnd, str]) -> dict[BackEnd, str]:
    """Texts put together for each back end; a plain text is translated by _WORDS."""
    spelt = [_each(part) if isinstance(part, str) else part for part in parts]
    return {back_end: "".join(part[back_end] for part in spelt) for back_end in BACK_ENDS}


def _when(condition: dict[BackEnd, str] | str, *result: str | dict[BackEnd, str]) -> dict[BackEnd, str]:
    return _join("(CASE WHEN ", condition, " THEN ", *result, " END)")


def _shaped(argument: str) -> dict[BackEnd, str]:
    return _join("(", _match(argument, ID_SHAPE), f" AND substr({argument}, 1, 3) <> '999')")


def _weighted_sum() -> str:
    """The weighted digits of a number of 17 digits, but for multiples of 11, without taking it apart.

    The digit at a place is q - 10 q', where q is the number cut off behind that place and q' behind the place before.
    So q counts with its own weight less ten times the next one, which modulo 11 is the two weights' sum.
    """
    factors = [(weight + following) % 11 for weight, following in zip(WEIGHTS, (*WEIGHTS[1:], 0), strict=True)]
    terms = [f"({{0}} DIV {10 ** (16 - place)}) * {factor}" for place, factor in enumerate(factors) if factor]
    return "(" + " + ".join(terms) + ")"


def _id_digits() -> dict[BackEnd, str]:
    """The first 17 characters as a number; other texts give NULL or a number that id_lawful refuses.

    DuckDB reads the number without a regular expression, at half the cost. Its cast takes more than digits: an
    exponent is excluded here, 0x by the first character; blanks, signs, points and underscores leave a number of
    fewer than 17 digits.
    """
    shaped = _when(_shaped("{0}"), "CAST(substr({0}, 1, 17) AS INT8)")
    looks_right = "strlen({0}) = 18 AND {0} >= '1' AND NOT contains({0}, 'E') AND NOT contains({0}, 'e')"
    return {**shaped, "duckdb": f"TRY_CAST(CASE WHEN {looks_right} THEN substr({{0}}, 1, 17) END AS BIGINT)"}


_DAYS = (
    "(CASE ({0} DIV 100) % 100 WHEN 2 THEN (CASE WHEN ({0} DIV 10000) % 400 = 0 OR (({0} DIV 10000) % 4 = 0 "
    "AND ({0} DIV 10000) % 100 <> 0) THEN 29 ELSE 28 END) "
    "WHEN 4 THEN 30 WHEN 6 THEN 30 WHEN 9 THEN 30 WHEN 11 THEN 30 ELSE 31 END)"
)
_OFF = " + ".join(
    f"(CASE WHEN substr({{0}}, {place}, 1) <> substr({{1}}, {place}, 1) THEN 1 ELSE 0 END)"
    for place in range(1, LONGEST_NAME + 1)
)


def _number_of(pattern: str, *places: int, cast: str = "CAST") -> dict[BackEnd, str]:
    """yyyymmdd (or yyyymm) out of the groups of a pattern that has been matched."""
    factors = {3: (10000, 100, 1), 2: (100, 1)}[len(places)]
    parts: list[str | dict[BackEnd, str]] = []
    for place, factor in zip(places, factors, strict=True):
        parts += [" + " if parts else "", f"{cast}(", _group("{0}", pattern, place), f" AS INT8) * {factor}"]
    return _join("(", *parts, ")")


def _read(pattern: str, kind: str = "BIGINT") -> str:
    """DuckDB's number in the first group of a pattern, NULL where it doesn't fit.

    DuckDB evaluates plain functions once for each value of a column with a dictionary, but a CASE for every row; so
    what reads dates and numbers, of which a column has few, is put together of functions alone.
    """
    return f"TRY_CAST(regexp_extract({{0}}, '{_braced(pattern)}', 1) AS {kind})"


def _parts(pattern: str, *places: int) -> str:
    return _number_of(pattern, *places, cast="TRY_CAST")["duckdb"]


_ALL = (
    Primitive(name="blank", takes=("text",), gives="truth", sql="({0} IS NULL)", title="没有填写"),
    Primitive(name="digits_lost", takes=("text",), gives="truth", sql=_join(f"(STRPOS({{0}}, '{LOST}') = 1)"),
              title="当作数字录入，位数已丢失"),
    Primitive(name="length", takes=("text",), gives="number", bound=10**9,
              sql=_join("CAST(length({0}) AS INT8)"), title="字数"),
    Primitive(name="substr", takes=("text", "number", "number"), gives="text",
              sql={"duckdb": "substr({0}, {1}, {2})", "postgres": "substr({0}, CAST({1} AS INT), CAST({2} AS INT))",
                   "spark": "substr({0}, CAST({1} AS INT), CAST({2} AS INT))"}, title="截取"),
    Primitive(name="contains", takes=("text", "text"), gives="truth", sql=_join("(STRPOS({0}, {1}) > 0)"),
              title="包含"),
    Primitive(name="starts_with", takes=("text", "text"), gives="truth", sql=_join("(STRPOS({0}, {1}) = 1)"),
              title="以……开头"),
    Primitive(name="text", takes=("number",), gives="text", sql=_join("CAST({0} AS TEXT)"), title="数字写成文字"),
    Primitive(name="number", takes=("text",), gives="number", bound=10**9,
              sql={**_when(_match("{0}", NUMBER_SHAPE), "CAST(", _group("{0}", "^([0-9]+)", 1), " AS INT8)"),
                   "duckdb": _read("^([0-9]{1,9})([.][0-9]{1,4})?$")},
              title="文字读成整数，舍去小数"),
    Primitive(name="cents", takes=("text",), gives="number", bound=10**11,
              sql={**_when(_match("{0}", NUMBER_SHAPE), "CAST(floor(CAST({0} AS DECIMAL(14, 4)) * 100) AS INT8)"),
                   "duckdb": f"CAST(floor({_read(f'({NUMBER_SHAPE})', 'DECIMAL(14, 4)')} * 100) AS BIGINT)"},
              title="金额（分）"),
    Primitive(name="id_shaped", takes=("text",), gives="truth",
              over="case when {0} is not null then id_body({0}) is not null end", title="18位身份证号的样子"),
    Primitive(name="id_temporary", takes=("text",), gives="truth",
              sql=_join("(CASE WHEN {0} LIKE '999%' THEN ", _match("{0}", "^[0-9]{18}$"),
                        " WHEN {0} IS NOT NULL THEN FALSE END)"),
              title="999开头的临时证件号"),
    Primitive(name="other_document", takes=("text",), gives="truth", sql=_match("{0}", OTHER_DOCUMENT_SHAPE),
              title="其他证件号码的样子"),
    Primitive(name="id_digits", takes=("text",), gives="number", bound=10**17, once=True, sql=_id_digits(),
              title="前17位读成数"),
    Primitive(name="id_last", takes=("text",), gives="number", bound=11, once=True,
              sql=_join("CAST(STRPOS('0123456789X', substr({0}, 18, 1)) AS INT8)"), title="第18位的值加一，不合规为零"),
    Primitive(name="id_lawful", takes=("number", "number"), gives="number", bound=10**17, once=True,
              sql="(CASE WHEN {0} BETWEEN 10000000000000000 AND 99899999999999999 AND {1} > 0 THEN {0} END)",
              title="17位数字，不以0或999开头，第18位合规"),
    Primitive(name="id_body", takes=("text",), gives="number", bound=10**17,
              over="id_lawful(id_digits({0}), id_last({0}))", title="前17位的数值"),
    Primitive(name="id_sum_ok", takes=("number", "number"), gives="truth", once=True,
              sql=_join(f"(({_weighted_sum()} + {{1}} - 1) % 11 = 1)"), title="加权和合乎 GB 11643"),
    Primitive(name="id_check_ok", takes=("text",), gives="truth", over="id_sum_ok(id_body({0}), id_last({0}))",
              title="校验码正确"),
    Primitive(name="real_ymd", takes=("number",), gives="number", bound=10**8,
              sql=_join("(CASE WHEN {0} DIV 10000 BETWEEN 1800 AND 2199 AND ({0} DIV 100) % 100 BETWEEN 1 AND 12 "
                        f"AND {{0}} % 100 BETWEEN 1 AND {_DAYS} THEN {{0}} END)"), title="真实存在的日期"),
    Primitive(name="id_ymd", takes=("text",), gives="number", bound=10**8,
              over="real_ymd(id_date_digits(id_body({0})))", title="身份证号中的出生日期"),
    Primitive(name="id_date_digits", takes=("number",), gives="number", bound=10**8,
              sql=_join("(({0} DIV 1000) % 100000000)"), title="身份证号的第7至14位"),
    Primitive(name="id_sex_digit", takes=("number",), gives="text",
              sql="(CASE {0} % 2 WHEN 1 THEN '男' WHEN 0 THEN '女' END)", title="第17位表示的性别"),
    Primitive(name="id_sex", takes=("text",), gives="text", over="id_sex_digit(id_body({0}))",
              title="身份证号中的性别"),
    Primitive(name="id_region", takes=("text",), gives="text",
              over="case when id_body({0}) is not null then substr({0}, 1, 6) end",
              title="身份证号中的行政区划代码"),
    Primitive(name="id_ok", takes=("text",), gives="truth",
              over="id_shaped({0}) and id_check_ok({0}) and id_ymd({0}) is not null", title="身份证号合乎标准"),
    Primitive(name="read_ymd", takes=("text",), gives="number", bound=3 * 10**7,
              sql={**_join("(CASE WHEN ", _match("{0}", DATE_DIGITS), " THEN CAST({0} AS INT8) WHEN ",
                           _match("{0}", DATE_PARTS), " THEN ", _number_of(DATE_PARTS, 1, 2, 3), " END)"),
                   "duckdb": f"coalesce({_read(f'({DATE_DIGITS})')}, {_parts(DATE_PARTS, 1, 2, 3)})"},
              title="写成日期的数字"),
    Primitive(name="ymd", takes=("text",), gives="number", bound=10**8, over="real_ymd(read_ymd({0}))",
              title="日期（年月日）"),
    Primitive(name="read_ym", takes=("text",), gives="number", bound=3 * 10**5,
              sql={**_join("(CASE WHEN ", _match("{0}", MONTH_DIGITS), " THEN CAST(substr({0}, 1, 6) AS INT8) WHEN ",
                           _match("{0}", MONTH_PARTS), " THEN ", _number_of(MONTH_PARTS, 1, 2), " END)"),
                   "duckdb": f"coalesce({_read('^([12][0-9]{5})([0-9]{2})?$')}, {_parts(MONTH_PARTS, 1, 2)})"},
              title="写成年月的数字"),
    Primitive(name="real_ym", takes=("number",), gives="number", bound=10**6,
              sql="(CASE WHEN {0} % 100 BETWEEN 1 AND 12 THEN {0} END)", title="真实存在的年月"),
    Primitive(name="ym", takes=("text",), gives="number", bound=10**6, over="real_ym(read_ym({0}))",
              title="年月"),
    Primitive(name="year_of", takes=("text",), gives="number", bound=10**4,
              sql={**_join("(CASE WHEN ", _match("{0}", YEAR_SHAPE), " THEN CAST(substr({0}, 1, 4) AS INT8) WHEN ",
                           _match("{0}", SHORT_YEAR_SHAPE), " THEN 2000 + CAST(substr({0}, 1, 2) AS INT8) END)"),
                   "duckdb": f"coalesce({_read('^([12][0-9]{3})[年级届]{0,2}$')}, "
                             f"2000 + {_read('^([0-9]{2})[级届]$')})"},
              title="年份或年级"),
    Primitive(name="quotient", takes=("number", "number"), gives="number", bound=2**62,
              sql=_join("(CASE WHEN {1} > 0 AND {0} >= 0 THEN {0} DIV {1} END)"), title="整除"),
    Primitive(name="full_years", takes=("number", "number"), gives="number", bound=10**4,
              sql=_join("(CASE WHEN {1} >= {0} THEN ({1} - {0}) DIV 10000 WHEN {1} < {0} THEN -1 END)"),
              title="满几周岁"),
    Primitive(name="one_char_off", takes=("text", "text"), gives="truth",
              sql=_join(f"(length({{0}}) = length({{1}}) AND length({{0}}) <= {LONGEST_NAME} AND ({_OFF}) = 1)"),
              title="只差一个字"),
    Primitive(name="name_shaped", takes=("text",), gives="truth", sql=_match("{0}", NAME_SHAPE),
              title="中文姓名的样子"),
    Primitive(name="phone_ok", takes=("text",), gives="truth", sql=_match("{0}", PHONE_SHAPE), title="电话号码"),
    Primitive(name="national_no_shaped", takes=("text",), gives="truth", sql=_match("{0}", NATIONAL_SHAPE),
              title="全国学籍号的样子"),
)  # fmt: skip

PRIMITIVES: dict[str, Primitive] = {primitive.name: primitive for primitive in _ALL}
