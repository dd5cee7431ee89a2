"""Pages: CPU milliseconds per request on the server and the number of queries, warm, over 5,000 students.

Usage: python bench/pages.py [--rows 5000] [--rounds 40] [--engine sqlite|postgresql|both]. PostgreSQL is the server of
DATABASE_URL_PG (an empty database that may be filled), or a private one started for the run. Requests go through the
whole WSGI application, middleware and connection handling included; no search word and no record is asked for twice
in a row, so nothing is timed that only a repetition makes fast. Goals: sign-in page 1.5, list of 50 rows 8, of
1,000 rows 30, search 8, one record 8.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

HOUSE = Path(__file__).parents[1]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏红鑫波斌宇浩凯健俊帆雪莹晨阳梓涵欣怡思远"
SEVERAL = 100
GOALS = {"登录页": 1.5, "列表 50 行": 8, "列表 1000 行": 30, "列表内搜索": 8, "全站搜索": 8, "详情页": 8}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure(given.rows, given.rounds)
        return
    for engine in ("sqlite", "postgresql") if given.engine == "both" else (given.engine,):
        with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as var, database_of(engine) as url:
            if url is None:
                print(f"{engine}: 没有可用的服务器，未测")
                continue
            paths = os.pathsep.join([str(HOUSE / "src"), str(HOUSE)])
            environ = os.environ | {"ZHIXING_VAR": var, "DATABASE_URL": url, "PYTHONPATH": paths}
            command = [sys.executable, __file__, "--child", "--rows", str(given.rows), "--rounds", str(given.rounds)]
            subprocess.run(command, env=environ, check=True, timeout=900)


@contextlib.contextmanager
def database_of(engine: str) -> Iterator[str | None]:
    """DATABASE_URL of the engine for as long as the block lasts; None where there is no server."""
    if engine == "sqlite" or os.environ.get("DATABASE_URL_PG"):
        yield "" if engine == "sqlite" else os.environ["DATABASE_URL_PG"]
        return
    sys.path.insert(0, str(HOUSE))
    from tests.support.postgres import NoServer, postgres_server

    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server())
        except NoServer:
            url = None
        if url is not None and "?host=" in url:
            folder = url.partition("?host=")[2]
            url = f"postgresql://zhixing@{quote(folder, safe='')}/postgres"
        yield url


def measure(rows: int, rounds: int) -> None:
    """Fill the database, then time each kind of page."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhixing.site.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    from zhixing.kernel.people.keys import create_master_key

    create_master_key(Path(settings.MASTER_KEY_FILE))
    cookie, addresses = furnish(rows)
    ask = asker(cookie)
    print(f"\n{connection.vendor}，{rows} 名学生，CPU 毫秒（{rounds} 次的中位数）")
    for title, several in addresses.items():
        following = itertools.cycle(several)
        spent, wall, size = timed(lambda following=following: ask(next(following)), rounds)
        goal, address = GOALS[title], several[0]
        print(f"  {title:<10}\t{spent:6.2f}  目标 ≤{goal:<4} {'达到' if spent <= goal else '未达到'}  "
              f"墙钟 {wall:6.2f}  {queries(ask, address)} 次查询  {size / 1024:.0f} KB")  # fmt: skip


def timed(call: Callable[[], bytes], rounds: int) -> tuple[float, float, int]:
    """Median CPU and wall milliseconds of a call, after a warm-up, and the size of what it returns."""
    for _ in range(5):
        size = len(call())
    spent, walls = [], []
    for _ in range(rounds):
        cpu, wall = time.process_time(), time.perf_counter()
        call()
        spent.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
    return statistics.median(spent), statistics.median(walls), size


def asker(cookie: str) -> Callable[[str], bytes]:
    """A caller of the whole WSGI application; raises RuntimeError for anything but 200."""
    from zhixing.site.wsgi import application

    def ask(address: str) -> bytes:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1:8000",
            "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": f"sid={cookie}" if path != "/sign-in/" else "",
        }  # fmt: skip
        seen: list[str] = []
        answer = application(environ, lambda status, headers: seen.append(status))
        body = b"".join(answer)
        answer.close()
        if not seen[0].startswith("200"):
            raise RuntimeError(f"{address}: {seen[0]}")
        return body

    return ask


def queries(ask: Callable[[str], bytes], address: str) -> int:
    from django.db import connection

    found: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        ask(address)
    return len(found)


def furnish(rows: int) -> tuple[str, dict[str, list[str]]]:
    """A school with students in classes of forty, someone who may see them all: (session key, addresses)."""
    from zhixing.domains.students.models import Student
    from zhixing.kernel.base.tenancy import tenant_scope
    from zhixing.kernel.people.models import Assignment, Role, Tenant, User

    tenant = Tenant.objects.create(code="bench", name="测速学校")
    with tenant_scope(tenant.pk):
        user = User.objects.create(tenant=tenant, account="bench", name="测速员", password="!", must_set_password=False)
        role = Role.objects.create(code="bench", title="测速", permissions={"tenant": ["*"]})
        Assignment.objects.create(user=user, role=role)
        add_students(rows)
        some = list(Student.objects.order_by("pk")[rows // 2 : rows // 2 + SEVERAL])
        names = list(dict.fromkeys(one.name for one in some))
        addresses = {
            "登录页": ["/sign-in/"],
            "列表 50 行": ["/students/student/"],
            "列表 1000 行": ["/students/student/?size=1000"],
            "列表内搜索": [f"/students/student/?q={quote(name)}" for name in names],
            "全站搜索": [f"/search/?q={word}" for word in dict.fromkeys(one.name_keys.split()[-1] for one in some)],
            "详情页": [f"/students/student/{one.uid}/" for one in some],
        }
        return session_of(user), addresses


def add_students(rows: int) -> None:
    from tests.factories.school import a_class
    from zhixing.domains.students.models import Student
    from zhixing.kernel.base.text import pinyin_keys

    chance = random.Random(7)
    classes = [a_class() for _ in range(-(-rows // 40))]
    made = []
    for number in range(rows):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
        made.append(
            Student(
                name=name,
                name_keys=pinyin_keys(name),
                sex=chance.choice("男女"),
                student_no=f"2026{number:05d}",
                id_number=f"42060620100512{number:04d}",
                class_group=classes[number // 40],
                cohort=2026,
                status="enrolled",
                phone=f"138{number:08d}",
            )
        )
    Student.objects.bulk_create(made, batch_size=500)


def session_of(user: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from zhixing.kernel.people.sessions import SessionStore

    session = SessionStore()
    session.update({
        SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "zhixing.kernel.people.backend.AccountBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(), "second_factor_done": True,
        "proved_at": time.time(), "seen_at": time.time(),
    })  # fmt: skip
    session.create()
    return json.loads(json.dumps(session.session_key))


if __name__ == "__main__":
    main()
