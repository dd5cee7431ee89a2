"""`zhixing restore`: check an archive, restore it into an empty place, and prove that nothing was lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhixing.site.backups.restoring import Place, Proof

NEEDS_DJANGO = True
HELP = "从备份恢复"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing restore`."""
    parser.add_argument("archive", type=Path, metavar="备份文件")
    parser.add_argument("--key", type=Path, metavar="私钥文件", help="备份私钥（加密的备份必须给出）")
    parser.add_argument("--master-key", type=Path, metavar="文件", help="主密钥文件（默认用本机配置的）")
    parser.add_argument(
        "--into", metavar="位置", help="恢复到哪里：空文件夹，或空数据库的 postgresql:// 地址（默认本机）"
    )
    parser.add_argument("--files", type=Path, metavar="文件夹", help="上传的文件恢复到哪里（默认本机配置的）")
    parser.add_argument("--verify", action="store_true", help="只演练：恢复到临时位置并比对，随后删除，不动现有数据")


def run(options: argparse.Namespace) -> int:
    """0 restored and proved; 1 refused or not equal."""
    from django.conf import settings  # app ready

    from zhixing.site.backups import BackupFailed
    from zhixing.site.backups.envelope import read_private_key
    from zhixing.site.backups.restoring import restore, scratch
    from zhixing.site.backups.telling import progress

    try:
        key = read_private_key(options.key) if options.key else None
        place = _place(options)
        _point_to_master_key(options)
        with progress("正在恢复") as tell:
            if options.verify:
                settings.VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
                with scratch(settings.DATABASES["default"], settings.VAR) as drill:
                    proof = restore(options.archive, key, drill, tell)
            else:
                proof = restore(options.archive, key, place, tell)
    except BackupFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    _tell(proof, options, place)
    return 0


def _place(options: argparse.Namespace) -> Place:
    from django.conf import settings

    from zhixing.site.backups.restoring import Place
    from zhixing.site.settings import database

    here = settings.DATABASES["default"]
    files = options.files or Path(settings.FILES_DIR)
    if not options.into:
        return Place(here, files)
    if "://" in options.into:
        return Place({**here, **database(options.into)}, files)
    folder = Path(options.into).resolve()
    return Place({**database(""), "NAME": folder / "zhixing.sqlite3"}, options.files or folder / "files")


def _point_to_master_key(options: argparse.Namespace) -> None:
    from django.conf import settings

    beside = Path(options.into) / "keys" / "master.key" if options.into and "://" not in options.into else None
    chosen = options.master_key or (beside if beside and beside.exists() else None)
    if chosen:
        settings.MASTER_KEY, settings.MASTER_KEY_FILE = "", str(chosen)


def _tell(proof: Proof, options: argparse.Namespace, place: Place) -> None:
    tables = sum(1 for one in proof.manifest.tables.values() if one.rows)
    print(f"备份时间：{proof.manifest.made_at}")
    print(f"逐表比对一致：{tables} 张有数据的表，共 {proof.rows} 行；文件 {proof.files} 个，摘要一致。")
    if not proof.remarks:
        print(f"审计链检验通过（{proof.audit_events} 条）；试解密 {proof.opened} 个加密字段，全部打开。")
    for remark in proof.remarks:
        print(remark)
    if options.verify:
        print("演练通过；临时恢复的数据已删除。")
    else:
        print(f"已恢复到 {place.database['NAME']}，文件在 {place.files}。所有人须重新登录。")
