"""`zhixing serve`: start the web processes and, with `--with-worker`, the background workers beside them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from zhixing.site.commands import static
from zhixing.site.launch import Launch, Part, PortTaken, address, answers, demo_accounts, require_free, web, zhixing

HELP = "启动网站（可同时启动后台任务进程）"

LAST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zhixing serve`; the environment gives the defaults."""
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认只供本机访问）")
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("PORT", "8000"), help="监听端口（默认 8000，或环境变量 PORT）"
    )
    parser.add_argument("--workers", type=_positive, default=1, metavar="N", help="网站进程数（默认 1）")
    parser.add_argument("--threads", type=_positive, default=4, metavar="N", help="每个网站进程的线程数（默认 4）")
    parser.add_argument("--with-worker", action="store_true", help="同时启动后台任务进程")
    parser.add_argument("--job-workers", type=_positive, default=1, metavar="N", help="后台任务进程数（默认 1）")
    parser.add_argument("--prepare", action="store_true", help="先建库或升级数据库，空库时布置演示学校")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop (0) or until something fails (not 0)."""
    try:
        require_free(options.host, options.port)
    except PortTaken as problem:
        print(problem, file=sys.stderr)
        return 1
    here = address(options.host, options.port)
    launch = Launch({"ZHIXING_BASE_URL": here.rstrip("/"), **os.environ})
    code = launch.run_first(preparations(furnish=options.prepare))
    if code:
        return code
    variable_files().mkdir(parents=True, exist_ok=True, mode=0o700)
    static.static_root().mkdir(parents=True, exist_ok=True)  # missing, it would be warned of
    parts = [web(options.host, options.port, options.workers, options.threads)]
    if options.with_worker:
        parts += [Part("后台任务", zhixing("worker")) for _ in range(options.job_workers)]
    return launch.run(
        parts,
        ready=lambda: answers(options.host, options.port, accepted_name()),
        announce=lambda: announce(here, with_accounts=options.prepare),
    )


def preparations(*, furnish: bool) -> list[Part]:
    """List what has to be done before the start; each step does nothing where its work is done already."""
    steps = []
    if furnish:
        steps.append(Part("建立或升级数据库", zhixing("migrate")))
        # The accounts it prints are told once the site is up.
        steps.append(Part("布置演示学校", zhixing("demo", "--if-empty"), quiet=True))
    if static.stale():  # an upgrade without `zhixing static` would leave every page without its new files
        steps.append(Part("重新生成静态文件", zhixing("static")))
    return steps


def accepted_name() -> str:
    """Give a host name by which the site lets itself be called, as settings.py reads them."""
    first = os.environ.get("ZHIXING_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first and first != "*" else "127.0.0.1"


def announce(here: str, *, with_accounts: bool) -> None:
    """Say where the site is and, for the demonstration school, who may sign in."""
    print(f"\n知行已启动：{here}（按 Ctrl+C 停止）", flush=True)
    accounts = demo_accounts(variable_files()) if with_accounts else ""
    if accounts:
        print(f"\n{accounts}", flush=True)


def variable_files() -> Path:
    """Give the folder of data and keys, as settings.py does, without loading settings."""
    return Path(os.environ.get("ZHIXING_VAR", Path.cwd() / "var"))


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("请写一个正整数")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"端口应为 1 到 {LAST_PORT} 的整数，而不是“{text}”")
    return int(text)
