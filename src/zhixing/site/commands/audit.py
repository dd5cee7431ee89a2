"""`zhixing audit verify`: prove that the trail was not altered, by its chain and by anchors kept elsewhere."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NEEDS_DJANGO = True
HELP = "审计记录：audit verify 检验是否被改动"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing audit`."""
    parser.add_argument("deed", choices=["verify", "seal"], help="verify 检验全部审计链；seal 立即封存新记录并写锚点")
    parser.add_argument(
        "--anchors", type=Path, default=None, metavar="文件", help="锚点文件（默认用本机的；最好用另存于别处的副本）"
    )


def run(options: argparse.Namespace) -> int:
    """0 for an unbroken chain, 1 where something does not fit, 2 for an unreadable anchor file."""
    from django.conf import settings  # app ready
    from django.utils import timezone

    from zhixing.kernel.trail.sealer import drop_anchor, read_anchors, seal_pending, verify_chain

    if options.deed == "seal":
        print(f"已封存 {seal_pending()} 条，写入 {drop_anchor(timezone.now())} 个锚点。")
        return 0
    path = options.anchors or Path(settings.AUDIT_ANCHOR_FILE)
    try:
        anchors = read_anchors(path) if path.exists() or options.anchors else []
    except (OSError, ValueError) as problem:
        print(f"锚点文件读不出来：{path}（{problem}）。请换一份副本。", file=sys.stderr)
        return 2
    broken = verify_chain(anchors)
    for fault in broken:
        print(f"{fault.tenant}：第 {fault.seq} 条起有问题：{fault.why}。", file=sys.stderr)
    if not broken:
        print(f"审计链完整，与 {len(anchors)} 个锚点一致。" if anchors else "审计链完整（没有锚点可对照）。")
    return 1 if broken else 0
