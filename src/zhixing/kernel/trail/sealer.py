"""Chain the trail after the fact: a number and a keyed digest per event, in commit order, outside the request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from ..base.bulk import update_rows
from ..base.tenancy import across_tenants
from ..people.ciphers import provider
from ..people.keys import purpose_key
from ..people.models import Tenant
from .guards import KEPT
from .models import Anchor, AuditEvent
from .spool import bring_in

BATCH = 5000
START = "0" * 64


@dataclass(frozen=True)
class Broken:
    """The first event of a chain that does not fit, and why."""

    tenant: str
    seq: int
    why: str


def canonical(event: AuditEvent) -> bytes:
    """One spelling of an event's kept columns, the same on every engine."""
    values = {name: getattr(event, name) for name in KEPT}
    values["at"] = event.at.isoformat()
    values["object_uid"] = str(event.object_uid or "")
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()


def _owned_by(tenant_id: int | None) -> dict[str, Any]:
    """The lookup of one chain; None is the platform's own."""
    return {"tenant_id": tenant_id}


def link(previous: str, seq: int, event: AuditEvent) -> str:
    return provider.digest(purpose_key("audit"), f"{previous}|{seq}|".encode() + canonical(event)).hex()


def seal_pending() -> int:
    """Seal every tenant's waiting events, those of the spool too; returns how many.

    Safe to run twice at once: the loser's batch rolls back.
    """
    total = 0
    with across_tenants("sealer"):
        bring_in()
        waiting = AuditEvent.objects.filter(seq=None).values_list("tenant_id", flat=True).distinct()
        for tenant_id in list(waiting.order_by("tenant_id")):
            total += _seal_one(tenant_id)
    return total


@transaction.atomic
def _seal_one(tenant_id: int | None) -> int:
    if tenant_id is not None:
        Tenant.objects.select_for_update().get(pk=tenant_id)
    mine: Any = AuditEvent.objects.filter(**_owned_by(tenant_id))
    head = mine.exclude(seq=None).order_by("-seq").first()
    seq, digest = (head.seq, head.digest) if head else (0, START)
    batch = list(mine.filter(seq=None).order_by("pk")[:BATCH])
    for event in batch:
        seq += 1
        digest = link(digest, seq, event)
        event.seq, event.digest = seq, digest
    update_rows(batch, ("seq", "digest"))
    return len(batch)


def drop_anchor(at: datetime) -> int:
    """Note every chain's head in the database and in the anchor file, which operators copy off the machine."""
    count = 0
    path = Path(settings.AUDIT_ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with across_tenants("anchor"), path.open("a", encoding="utf-8") as file:
        for tenant_id in [None, *Tenant.objects.values_list("pk", flat=True)]:
            events: Any = AuditEvent.objects.filter(**_owned_by(tenant_id))
            head = events.exclude(seq=None).order_by("-seq").first()
            if head is None:
                continue
            Anchor.objects.create(tenant_id=tenant_id, seq=head.seq, digest=head.digest, at=at)
            file.write(f"{at.isoformat()}\t{tenant_id or 0}\t{head.seq}\t{head.digest}\n")
            count += 1
    return count


def read_anchors(path: Path) -> list[tuple[int, int, str]]:
    """The (tenant id or 0, seq, digest) lines of an anchor file; ValueError for a line that is none."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        _, owner, seq, digest = line.split("\t")
        found.append((int(owner), int(seq), digest))
    return found


def verify_chain(anchors: list[tuple[int, int, str]] | None = None) -> list[Broken]:
    """Walk every chain; the first bad event of each, or nothing.

    ``anchors`` are (tenant id or 0, seq, digest) lines kept outside the database: they betray a cut-off tail.
    """
    found: list[Broken] = []
    with across_tenants("audit verify"):
        names: dict[int | None, str] = {None: "平台", **dict(Tenant.objects.values_list("pk", "name"))}
        for tenant_id, name in names.items():
            broken = _walk(tenant_id, name, anchors or [])
            if broken:
                found.append(broken)
    return found


def verify_one(tenant: Tenant, anchors: list[tuple[int, int, str]]) -> Broken | None:
    """The first bad event of one tenant's chain, inside that tenant's scope."""
    return _walk(tenant.pk, tenant.name, anchors)


def _walk(tenant_id: int | None, name: str, anchors: list[tuple[int, int, str]]) -> Broken | None:
    wanted = {seq: digest for owner, seq, digest in anchors if owner == (tenant_id or 0)}
    expected, digest = 0, START
    rows: Any = AuditEvent.objects.filter(**_owned_by(tenant_id)).exclude(seq=None).order_by("seq")
    for event in rows.iterator(chunk_size=2000):
        expected += 1
        if event.seq != expected:
            return Broken(name, expected, "缺少这一条")
        digest = link(digest, expected, event)
        if digest != event.digest:
            return Broken(name, expected, "内容与链值不符")
        if wanted.get(expected, digest) != digest:
            return Broken(name, expected, "与外部锚点不符")
    last = max(wanted, default=0)
    return Broken(name, expected + 1, "末尾被截断（外部锚点记录到更后面）") if last > expected else None
