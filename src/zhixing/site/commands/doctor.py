"""`zhixing doctor`: what is missing or insecure, and how to mend it."""

from __future__ import annotations

import argparse

NEEDS_DJANGO = True
HELP = "检查缺少什么、哪里不安全，并说明办法"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing doctor`."""
    parser.add_argument("--strict", action="store_true", help="有提醒也算不通过")


def run(options: argparse.Namespace) -> int:
    """0 when all is well, 1 when something must be mended (with --strict: or should be)."""
    from zhixing.site.checkup import EXAMINATIONS  # app ready

    grave = slight = 0
    for title, examine in EXAMINATIONS.items():
        found = list(examine())
        print(f"{'✓' if not found else '✗' if any(a.is_grave for a in found) else '!'} {title}")
        for ailment in found:
            print(f"    {'须处理' if ailment.is_grave else '提醒'}：{ailment.what}\n    办法：{ailment.remedy}")
        grave += sum(ailment.is_grave for ailment in found)
        slight += sum(not ailment.is_grave for ailment in found)
    print(f"\n须处理 {grave} 项，提醒 {slight} 项。" if grave or slight else "\n一切正常。")
    return 1 if grave or (options.strict and slight) else 0
