"""What `zhixing doctor` looks at: each examination yields what is wrong and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

GIB = 1024**3
LEAST_FREE = GIB
LEAST_SHARE = 0.05
HEARTBEAT = timedelta(seconds=90)
SEALER_LAG = timedelta(minutes=5)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Ailment:
    """One thing amiss: how bad, what, and what to do about it."""

    is_grave: bool
    what: str
    remedy: str


Ailments = Iterator[Ailment]


def keys() -> Ailments:
    """The keys exist, are readable by their owner only, and open what is sealed."""
    from zhixing.kernel.people.ciphers import provider
    from zhixing.kernel.people.keys import KeyMissing, master_key

    files = [settings.VAR / "keys" / "secret.key", Path(settings.MASTER_KEY_FILE)]
    for path in (path for path in files if path.exists()):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Ailment(True, f"密钥文件 {path} 的权限是 {mode:o}，其他人也能读取", f"chmod 600 {path}")
    try:
        master_key()
    except (KeyMissing, ValueError) as error:
        yield Ailment(True, str(error), "zhixing migrate（新装），或从密钥备份恢复")
    except OSError as error:
        yield Ailment(True, f"主密钥文件读不出来：{error}", f"让运行网站的用户能读取 {settings.MASTER_KEY_FILE}")
    if getattr(provider, "algorithm", "") == "aesgcm":
        yield Ailment(
            False, "本机的密码库没有 SM4，正用 AES 加密", "安装 PyPI 上的 cryptography 轮子，而不是系统自带的"
        )


def settings_are_safe() -> Ailments:
    """DEBUG off, a strong signing key, HTTPS wherever others can reach the site, hosts named."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
    is_local = host in LOOPBACK
    if settings.DEBUG:
        yield Ailment(True, "调试模式（DEBUG）开着，出错时会泄露内部信息", "去掉设置中的 DEBUG")
    if len(settings.SECRET_KEY) < 40 or len(set(settings.SECRET_KEY)) < 10:
        yield Ailment(True, "签名密钥太弱", "删除 ZHIXING_SECRET_KEY，让系统自行生成")
    if not settings.HTTPS and not is_local:
        yield Ailment(True, f"网站地址 {settings.PUBLIC_BASE_URL} 没有启用 HTTPS，密码会明文传输",
                      "配置证书，设 ZHIXING_HTTPS=1（在反向代理之后再设 ZHIXING_BEHIND_PROXY=1）")  # fmt: skip
    if "*" in settings.ALLOWED_HOSTS:
        yield Ailment(True, "允许任意主机名（ZHIXING_HOSTS 含 *）", "ZHIXING_HOSTS 写成网站的域名")
    elif not is_local and host not in settings.ALLOWED_HOSTS:
        yield Ailment(True, f"ZHIXING_HOSTS 里没有 {host}，用户打不开网站", f"ZHIXING_HOSTS={host}")
    mode = stat.S_IMODE(settings.VAR.stat().st_mode)
    if mode & 0o007:
        yield Ailment(True, f"数据目录 {settings.VAR} 的权限是 {mode:o}，其他用户可进入", f"chmod 700 {settings.VAR}")


def database() -> Ailments:
    """Reachable, at this version, with its walls, and a role that can't step over them."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Ailment(True, f"连接不上数据库：{error}", "检查 DATABASE_URL，并确认数据库服务已启动")
        return
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Ailment(True, f"数据库有 {len(plan)} 项升级没有做", "zhixing migrate")
        return
    for found in checks.run_checks(tags=[checks.Tags.database], databases=["default"]):
        if found.level >= checks.ERROR:
            yield Ailment(True, found.msg, found.hint or "zhixing migrate")
    if connection.vendor == "postgresql":
        yield from _postgres_role()


def _postgres_role() -> Ailments:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        is_super, bypasses = cursor.fetchone()
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        durable = dict(cursor.fetchall())
    if is_super or bypasses:
        yield Ailment(False, "连接数据库的角色是超级用户，可绕过数据库的防护",
                      "另建普通角色给网站使用：CREATE ROLE … NOSUPERUSER NOBYPASSRLS")  # fmt: skip
    if durable.get("fsync") != "on" or durable.get("synchronous_commit") == "off":
        yield Ailment(
            True, "PostgreSQL 关闭了 fsync 或 synchronous_commit，断电会丢数据", "在 postgresql.conf 里都设为 on"
        )


def declarations() -> Ailments:
    """The house's own system checks: undeclared addresses, unwalled models, plain personal fields."""
    for found in checks.run_checks(include_deployment_checks=False):
        if found.level >= checks.ERROR and not found.is_silenced():
            yield Ailment(True, f"{found.msg}（{found.id}）", found.hint or "请联系开发者")


def work_behind() -> Ailments:
    """A worker is alive and the trail is being sealed."""
    from zhixing.kernel.base.tenancy import across_tenants
    from zhixing.kernel.jobs.models import Worker
    from zhixing.kernel.trail.models import AuditEvent

    try:
        now = timezone.now()
        last = Worker.objects.order_by("-seen_at").first()
        if last is None or now - last.seen_at > HEARTBEAT:
            since = "从未运行" if last is None else f"最近一次心跳在 {timezone.localtime(last.seen_at):%m-%d %H:%M}"
            yield Ailment(
                False, f"后台任务进程没有运行（{since}）", "zhixing worker，或用 zhixing serve --with-worker 启动"
            )
        with across_tenants("doctor"):
            oldest = AuditEvent.objects.unsealed().first()
        if oldest is not None and now - oldest.at > SEALER_LAG:
            minutes = int((now - oldest.at).total_seconds() // 60)
            yield Ailment(True, f"审计记录已有 {minutes} 分钟没有封存", "启动后台任务进程，或运行 zhixing audit seal")
    except DatabaseError:
        return  # said by the examination of the database


def disk() -> Ailments:
    """Room to write, wherever something is written."""
    for path in {settings.VAR, Path(settings.FILES_DIR), Path(settings.AUDIT_ANCHOR_FILE).parent}:
        place = next(folder for folder in (path, *path.parents) if folder.exists())
        usage = shutil.disk_usage(place)
        if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
            yield Ailment(True, f"{path} 所在磁盘只剩 {usage.free / GIB:.1f} GiB", "清理磁盘，或把数据目录移到更大的盘")
        if not os.access(place, os.W_OK):
            yield Ailment(True, f"不能写入 {place}", f"让运行网站的用户拥有 {place}")


def assets() -> Ailments:
    """The browser's files are there and, where hashed copies were made, of this version."""
    from zhixing.site.commands.static import PACKAGE, stale

    if not any(PACKAGE.glob("*/*/static/vendor/htmx/htmx.min.js")):
        yield Ailment(True, "缺少浏览器端的脚本与样式", "make setup")
    if not any(PACKAGE.glob("kernel/papers/fonts/*/*.ttf")):
        yield Ailment(True, "缺少印制公文用的字体", "make setup")
    if stale():
        yield Ailment(True, "静态文件不是这个版本的", "zhixing static")


EXAMINATIONS: dict[str, Callable[[], Ailments]] = {
    "密钥": keys, "设置": settings_are_safe, "数据库": database, "访问声明与数据防护": declarations,
    "后台任务与审计": work_behind, "磁盘": disk, "静态文件": assets,
}  # fmt: skip
