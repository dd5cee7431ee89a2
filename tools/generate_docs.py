"""Write docs/rules.md, permissions.md and indicators.md from the registries; with --check say what is out of date."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhixing.site.settings")

SEVERITIES = {"error": "错误", "warning": "警告", "notice": "提示"}
EXTENTS = {"tenant": "全校", "unit": "本部门/本班", "own": "本人", "ward": "被监护人"}


def cell(text: object) -> str:
    return str(text).replace("|", "｜").replace("\n", " ")


def table(headings: list[str], rows: list[list[object]]) -> list[str]:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]


def rules_page() -> str:
    """Every rule of every roster, every check of records, every standard."""
    from zhixing.domains.students.rosters import RULES, student_standards
    from zhixing.kernel.checks.declare import checks

    lines = ["# 规则与标准", "", "本页由 `python tools/generate_docs.py` 生成，请勿手改。", "", "## 名册规则", ""]
    parts = {r.code: [r.code, r.title, SEVERITIES[r.severity], r.basis, r.remedy] for r in reversed(RULES)}
    rows = list(reversed(parts.values()))
    lines += table(["代码", "问题", "程度", "依据", "整改办法"], rows)
    lines += ["", "## 记录核查", ""]
    rows = [[c.code, c.title, SEVERITIES[c.severity], c.basis or "—", c.remedy] for c in checks]
    lines += table(["代码", "问题", "程度", "依据", "整改办法"], rows)
    lines += ["", "## 标准（数值）", ""]
    rows = [
        [s.name, s.title, s.value, s.unit, s.valid_from or "—", s.valid_to or "—", s.source, s.certainty]
        for s in student_standards()
    ]
    lines += table(["名称", "含义", "值", "单位", "生效", "失效", "出处", "可信度"], rows)
    lines += ["", "可信度为 M-* 的凭记忆写入，界面显示“依据待核”，请以正式文件为准。", ""]
    return "\n".join(lines)


def indicators_page() -> str:
    """Every indicator with its formula, unit, target and basis, by theme; then what others reach."""
    from django.apps import apps

    from zhixing.kernel.indicators.benchmarks import benchmarks
    from zhixing.kernel.indicators.declare import indicators
    from zhixing.kernel.indicators.pictures import written

    lines = [
        "# 指标", "", "本页由 `python tools/generate_docs.py` 生成，请勿手改。", "",
        "每个指标只声明一次：数、分组和名单出自同一处。每天凌晨读取一次并保存；按台账现状统计的，过去的日期不能重算。"
        "目标一列是出厂值，学校可以另设并注明依据。", "",
    ]  # fmt: skip
    themes: dict[str, list[list[object]]] = {}
    for one in indicators:
        theme = one.theme or str(apps.get_app_config(one.code.split(".")[0]).verbose_name)
        goal = "—" if one.target is None else f"{'≥' if one.better == 'more' else '≤'} {written(one.target)}"
        kept = "全校、部门" if one.units else "全校"
        row = [f"`{one.code}`", one.title, one.formula or "—", one.unit, goal, kept, one.basis or "本校管理要求"]
        themes.setdefault(theme, []).append(row)
    for theme, rows in themes.items():
        lines += [f"## {theme}", "", *table(["代码", "名称", "公式", "单位", "目标", "读数范围", "依据"], rows), ""]
    lines += ["## 参照值", ""]
    rows = [
        [one.title, f"{written(one.value)}{one.unit}", one.year, one.scope, one.source, one.certainty, one.note or "—"]
        for one in benchmarks()
    ]
    lines += table(["名称", "数值", "年份", "范围", "出处", "可信度", "说明"], rows)
    return "\n".join(lines) + "\n"


def held(role: dict[str, Any], permission: str) -> str:
    """The role's title with how far it reaches, or nothing where it does not hold the permission."""
    from zhixing.kernel.people.grants import matches

    reaches = [
        words
        for extent, words in EXTENTS.items()
        if permission and matches(tuple(role["permissions"].get(extent, ())), permission)
    ]
    return f"{role['title']}（{'、'.join(reaches)}）" if reaches else ""


def permissions_page() -> str:
    """Every address with what it asks for, and which roles hold it."""
    from django.urls import get_resolver

    from zhixing.kernel.people.access import Audience, declared_access
    from zhixing.kernel.people.roles import shipped_roles
    from zhixing.kernel.people.systemchecks import walk

    roles = list(shipped_roles().values())
    lines = [
        "# 权限表",
        "",
        "本页由 `python tools/generate_docs.py` 生成，请勿手改。没有写的就是不许。",
        "",
        "## 页面",
        "",
    ]
    rows = []
    for route, view in sorted(walk(get_resolver().url_patterns), key=lambda pair: pair[0]):
        declared = declared_access(view)
        holders = [words for role in roles if (words := held(role, declared.permission))]
        who = (
            "不需登录"
            if declared.audience is Audience.PUBLIC
            else "、".join(holders) or ("登录即可" if not declared.permission else "无")
        )
        rows.append(
            [f"`/{route}`", declared.permission or "—", declared.data_class, "是" if declared.step_up else "", who]
        )
    lines += table(["地址", "权限", "数据级别", "再次验证", "谁可以"], rows)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or with --check exit 1 where one is out of date."""
    import django

    django.setup()
    pages = {
        "docs/rules.md": rules_page(),
        "docs/permissions.md": permissions_page(),
        "docs/indicators.md": indicators_page(),
    }
    stale = [
        name for name, text in pages.items() if not (ROOT / name).exists() or (ROOT / name).read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        print("\n".join(f"{name} is out of date: run python tools/generate_docs.py" for name in stale))
        return int(bool(stale))
    for name in stale:
        (ROOT / name).write_text(pages[name], "utf-8")
    print(f"{len(stale)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
