"""How grave a finding is, what kind of work mends it, and how a look back ended."""

from __future__ import annotations

from django.db.models import TextChoices


class MeasureKind(TextChoices):
    IMMEDIATE = "immediate", "立行立改"
    LIMITED = "limited", "限期整改"
    LASTING = "lasting", "长期坚持"


class Level(TextChoices):
    COMMON = "common", "一般"
    SERIOUS = "serious", "较重"
    GRAVE = "grave", "重大"


class LookBackResult(TextChoices):
    HOLDS = "holds", "整改有效"
    RETURNED = "returned", "问题复发"


class NoticeState(TextChoices):
    ISSUED = "issued", "待签收"
    RECEIVED = "received", "已签收"
    REPORTED = "reported", "已报告"
    CLOSED = "closed", "已办结"
