"""The process that does the work: one job at a time, inside the scope of its tenant, beating its heart."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import close_old_connections
from django.utils import timezone

from ..base.tenancy import across_tenants, tenant_scope
from ..people.models import Tenant
from ..trail.context import Acting, acting_as
from ..trail.sealer import drop_anchor, seal_pending
from .declare import Cancelled, Progress, jobs
from .lease import Lease, take_next
from .models import Job, State, Worker
from .queue import enqueue

log = logging.getLogger("zhixing.jobs")
IDLE_SECONDS = 0.5
CHORE_SECONDS = 20
ANCHOR_EVERY = timedelta(minutes=10)


class WorkerLoop:
    """Take, run, repeat; between jobs seal the trail and plan the daily work."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.stopping = threading.Event()
        self.chores_at = 0.0
        self.anchor_at = timezone.now() - ANCHOR_EVERY

    def run(self) -> None:
        """Until a SIGTERM or SIGINT; the job in hand is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        while not self.stopping.is_set():
            close_old_connections()
            try:
                busy = self.run_one()
                self.do_chores()
            except Exception:
                log.exception("worker stumbled")
                busy = False
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def run_one(self) -> bool:
        """Do one job if there is one."""
        taken = take_next(self.name)
        if taken is None:
            return False
        execute(*taken)
        return True

    def do_chores(self) -> None:
        """Heartbeat, sealing, anchoring and planning, now and then."""
        if time.monotonic() - self.chores_at < CHORE_SECONDS:
            return
        self.chores_at = time.monotonic()
        now = timezone.now()
        Worker.objects.update_or_create(name=self.name, defaults={"seen_at": now})
        seal_pending()
        if now - self.anchor_at >= ANCHOR_EVERY:
            drop_anchor(now)
            self.anchor_at = now
        plan_daily()


def execute(job: Job, lease: Lease) -> None:
    """Run one leased job in its tenant's scope and write its end; a failure is a message, never a crash."""
    kind = jobs.get(job.kind)
    if kind is None:
        lease.finish(State.FAILED, error=f"未知的任务种类 {job.kind}")
        return
    try:
        with tenant_scope(job.tenant_id), acting_as(Acting(roles="后台任务", request_id=str(job.uid)[:12])):
            result = kind.work(Progress(lease, {**job.arguments, "_job": job.pk, "_by": job.requested_by_id}))
    except Cancelled:
        lease.finish(State.CANCELLED, error="任务已取消，未保存任何数据。")
    except ValidationError as error:
        lease.finish(State.FAILED, error="；".join(error.messages))
    except Exception as error:
        log.exception("job %s failed", job.kind)
        # What went wrong may quote personal data: the log keeps it for the operator, the page does not show it.
        lease.finish(State.FAILED, error=f"处理时出错（{type(error).__name__}），没有保存任何数据。请联系系统管理员。")
    else:
        lease.finish(State.DONE, result=result)


def plan_daily() -> None:
    """Give every active tenant its daily jobs, once a day, due at their hour."""
    now = timezone.localtime()
    daily = [kind for kind in jobs if kind.daily_at is not None and now.hour >= kind.daily_at]
    if not daily:
        return
    with across_tenants("scheduler"):
        tenants = list(Tenant.objects.filter(is_active=True).values_list("pk", flat=True))
        made: set[tuple[int, str]] = set(
            Job.objects.filter(created_at__gte=now.replace(hour=0, minute=0, second=0, microsecond=0), key=None)
            .filter(kind__in=[kind.code for kind in daily])
            .values_list("tenant_id", "kind")
        )
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            for kind in daily:
                if (tenant_id, kind.code) not in made:
                    enqueue(kind.code, kind.title, by=None)


def run_pending(most: int = 100) -> int:
    """Do what waits, here and now; for tests and for commands without a worker."""
    done = 0
    while done < most and (taken := take_next("inline")):
        execute(*taken)
        done += 1
    return done


def alive_since(seconds: int = 60) -> Any:
    """Workers whose heart beat within the last ``seconds``."""
    return Worker.objects.filter(seen_at__gte=timezone.now() - timedelta(seconds=seconds))
