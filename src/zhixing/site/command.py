"""The `zhixing` command: finds the subcommand asked for and loads that one only, so that each starts fast."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

UNREADABLE, INTERRUPTED = 2, 130
_ROOM = "zhixing.site.commands"

# In the order of a user's acquaintance with the program. Said here so that `zhixing --help` loads no subcommand.
COMMANDS = {
    "verify": "核验名册文件，不需要服务器和数据库",
    "plan": "读取方案文件，列出行动、任务、阶段，不需要服务器和数据库",
    "demo": "布置一所演示学校",
    "serve": "启动网站",
    "worker": "启动后台任务进程",
    "migrate": "建立或升级数据库",
    "static": "生成供正式部署用的静态文件",
    "createadmin": "建立第一个管理员账号",
    "doctor": "检查缺少什么、哪里不安全，并说明办法",
    "rooms": "列出系统里声明的全部规则、检查、指标和页面",
    "backup": "备份数据库和文件",
    "restore": "从备份恢复",
    "audit": "审计记录：audit verify 检验是否被改动",
}

# argparse hands its sentences to gettext; this is our catalogue.
_SENTENCES = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示这份说明",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r 这个选项，可用的是：%(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 的写法不对",
    "expected one argument": "后面要跟一个值",
    "expected at most one argument": "后面最多跟一个值",
    "expected at least one argument": "后面至少要跟一个值",
    "not allowed with argument %s": "不能和 %s 同时用",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确，可能是 %(matches)s",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand that ``arguments`` (default: the command line) ask for and return its exit code.

    0 done (or clean), 1 errors found, 2 not understood or unreadable, 130 interrupted.
    """
    argparse._ = lambda sentence: _SENTENCES.get(sentence, sentence)  # type: ignore[attr-defined]
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = next((each for each in given if not each.startswith("-")), "")
    try:
        parser, module = _parser_for(asked)
        options = parser.parse_args(given)
        if module is None:
            parser.print_help()
            return UNREADABLE if given else 0
        if getattr(module, "NEEDS_DJANGO", False):
            _set_up_django()
        if arguments is None and hasattr(module, "travel_light"):  # only where the process is this command's own
            module.travel_light(options)
        return int(module.run(options) or 0)
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser_for(asked: str) -> tuple[argparse.ArgumentParser, ModuleType | None]:
    """The parser of all subcommands, with the arguments of the one ``asked`` for, and that one's module."""
    parser = argparse.ArgumentParser(
        prog="zhixing", description="知行：中等职业学校管理与提升平台", epilog="每个命令的用法：zhixing 命令 --help"
    )
    commands = parser.add_subparsers(title="命令", metavar="命令", dest="command")
    chosen = None
    for name, told in COMMANDS.items():
        if find_spec(f"{_ROOM}.{name}") is None:
            continue
        sub = commands.add_parser(name, help=told, description=told)
        if name == asked:
            chosen = import_module(f"{_ROOM}.{name}")
            chosen.add_arguments(sub)
    return parser, chosen


def _set_up_django() -> None:
    os.umask(0o077)  # database, keys, files and logs are the owner's alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhixing.site.settings")
    import django  # slow import

    django.setup()
