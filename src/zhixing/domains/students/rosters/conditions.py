"""Phrases that many student rules begin with, in the roster's own subset of SQL."""

from __future__ import annotations

KIND = "(case when blank(document_kind) then '居民身份证' else document_kind end)"
CITIZEN = (
    f"({KIND} in ('居民身份证', '户口簿', '港澳台居民居住证') and (blank(overseas_kind) or overseas_kind in "
    "('无', '归侨', '华侨', '侨眷') or id_shaped(id_number)))"
)
"""The number must be a citizen identity number. An unknown kind of document makes this NULL: nothing is judged."""
POSSIBLE = (
    "(id_ymd(id_number) <= standard('today') "
    "and full_years(id_ymd(id_number), standard('today')) <= standard('oldest_age'))"
)
GOOD_ID = f"({CITIZEN} and id_ok(id_number) and {POSSIBLE})"
"""A number that other cells may be compared with."""
BIRTH = f"(case when {GOOD_ID} then id_ymd(id_number) else ymd(birth_date) end)"
ON_ROLL = "(blank(status) or status in ('在读', '休学', '复学', '保留入学资格'))"
