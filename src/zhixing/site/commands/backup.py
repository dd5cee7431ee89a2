"""`zhixing backup`: one archive of database and files, sealed to a public key, old ones rotated."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NEEDS_DJANGO = True
HELP = "备份数据库和文件"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing backup`."""
    parser.epilog = "每天一份保留 7 天，每周一份保留 4 周，每月一份保留 12 个月。主密钥不在备份里，须另行保管。"
    parser.add_argument("--to", type=Path, metavar="文件夹", help="备份放在哪里（默认 var/backups）")
    parser.add_argument("--make-key", type=Path, metavar="文件", help="生成备份密钥：私钥写到这个文件，公钥留在服务器")
    parser.add_argument("--plain", action="store_true", help="没有备份公钥时，仍生成不加密的备份（不建议）")


def run(options: argparse.Namespace) -> int:
    """0 done; 1 nothing was made and nothing was taken away."""
    from zhixing.site.backups import BackupFailed  # app ready

    try:
        return _make_key(options.make_key) if options.make_key else _back_up(options)
    except BackupFailed as problem:
        print(problem, file=sys.stderr)
        return 1


def public_key_file() -> Path:
    """Where the server keeps the public half: ZHIXING_BACKUP_KEY_FILE, or in the folder of keys."""
    import os

    from django.conf import settings  # app ready

    return Path(os.environ.get("ZHIXING_BACKUP_KEY_FILE") or settings.VAR / "keys" / "backup.pub")


def _make_key(private: Path) -> int:
    from zhixing.site.backups import BackupFailed
    from zhixing.site.backups.envelope import make_key_pair

    public = public_key_file()
    for path in (private, public):
        if path.exists():
            raise BackupFailed(f"{path} 已存在，没有生成新密钥。更换密钥请先把它移走；旧备份仍须用旧私钥打开。")
    public.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        make_key_pair(private, public)
    except OSError as problem:
        raise BackupFailed(f"写不出密钥文件：{problem}") from problem
    print(f"备份公钥：{public}（留在服务器上）")
    print(f"备份私钥：{private}")
    print("请现在就把私钥移到服务器以外的地方（如两个 U 盘，分别保管），再从本机删除。没有私钥，任何备份都无法恢复。")
    print("主密钥文件也要同样另行保管：备份里不含主密钥。")
    return 0


def _back_up(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from zhixing.site.backups import BackupFailed
    from zhixing.site.backups.envelope import read_public_key
    from zhixing.site.backups.making import back_up
    from zhixing.site.backups.telling import progress

    public = public_key_file()
    if public.exists():
        recipient = read_public_key(public)
    elif options.plain:
        recipient = None
        print("警告：这份备份不加密。拿到它的人能看到姓名等信息，请只存放在加密的磁盘上。", file=sys.stderr)
    else:
        raise BackupFailed(
            f"没有备份公钥（{public}），没有生成备份。请先运行 zhixing backup --make-key 文件；不加密的加 --plain。"
        )
    folder = options.to or settings.VAR / "backups"
    with progress("正在备份") as tell:
        made, gone = back_up(folder, recipient, timezone.localtime(), tell)
    print(f"备份完成：{made}（{made.stat().st_size / 1048576:.1f} MB）")
    if gone:
        print(f"按 7 天、4 周、12 个月的规则删除了 {len(gone)} 份旧备份。")
    print("请定期用 zhixing restore 备份文件 --key 私钥 --verify 演练恢复。")
    return 0
