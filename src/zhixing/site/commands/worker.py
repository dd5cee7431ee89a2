"""`zhixing worker`: do the background work until told to stop, or with `--once` only what waits now."""

from __future__ import annotations

import argparse
import logging
import sys

NEEDS_DJANGO = True
HELP = "启动后台任务进程"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing worker`."""
    parser.add_argument("--once", action="store_true", help="只做完现在等着的任务就退出")


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT (0); 1 where the database isn't ready."""
    from django.db import DatabaseError  # app ready

    from zhixing.kernel.jobs.models import Worker
    from zhixing.kernel.jobs.worker import WorkerLoop

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        Worker.objects.exists()
    except DatabaseError as problem:
        print(f"数据库还不能使用：{problem}。请先运行 zhixing migrate。", file=sys.stderr)
        return 1
    loop = WorkerLoop()
    if options.once:
        loop.do_chores()
        done = 0
        while loop.run_one():
            done += 1
        print(f"已完成 {done} 个后台任务。")
        return 0
    print(f"后台任务进程已启动（{loop.name}）。", flush=True)
    loop.run()
    print("后台任务进程已停止。", flush=True)
    return 0
