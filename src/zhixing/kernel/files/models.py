"""Files that prove something: kept outside the web root under names no one can guess."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from ..base.records import DataClass, Reach, Record, Rows, manager_of
from ..people.models import Unit, User


class StoredFile(Record):
    """One file about one record. ``object_type`` and ``object_uid`` say which; access follows that record."""

    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小")
    digest = models.CharField("摘要", max_length=64, db_index=True)
    media_type = models.CharField("类型", max_length=100)
    purpose = models.CharField("用途", max_length=40)
    stored_name = models.CharField("存放名", max_length=80, editable=False)
    object_type = models.CharField("对象类型", max_length=80, blank=True)
    object_uid = models.UUIDField("对象标识", null=True, db_index=True)
    data_class = models.CharField("数据级别", max_length=2, default=DataClass.PERSONAL)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", null=True, related_name="+")
    expires_at = models.DateTimeField("保留至", null=True)

    reach = Reach(own="uploaded_by")

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.name


class EvidenceKind(models.TextChoices):
    FILE = "file", "文件"
    SNAPSHOT = "snapshot", "快照"


class Medium(models.TextChoices):
    ELECTRONIC = "electronic", "电子"
    PAPER = "paper", "纸质"
    BOTH = "both", "纸质和电子"


class Secrecy(models.TextChoices):
    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    SECRET = "secret", "涉密"


class EvidenceRows(Rows["Evidence"]):
    def visible_to(self, user: Any, action: str = "view") -> Self:
        """Besides what a role opens: evidence for a record that one may see, as far as looking goes."""
        held = super().visible_to(user, action)
        if action != "view" or user.grants.holds_everywhere("files.evidence.view"):
            return held
        serving = EvidenceUse.objects.all().visible_to(user, "view").live()
        return self.filter(Q(pk__in=held.values("pk")) | Q(pk__in=serving.values("evidence")))

    def current(self) -> EvidenceRows:
        """The newest edition of each piece that hasn't been retired."""
        later = Evidence.objects.filter(previous=models.OuterRef("pk"))
        return self.filter(~models.Exists(later), retired_at=None)

    def damaged(self) -> EvidenceRows:
        """Pieces whose file was missing, or no longer what it was, when it was last looked at."""
        return self.filter(is_intact=False)

    def unused(self) -> EvidenceRows:
        """Pieces that prove nothing at present."""
        return self.filter(~models.Exists(EvidenceUse.objects.live().filter(evidence=models.OuterRef("pk"))))


class Evidence(Record):
    """A piece that proves something: a file, a paper original on a shelf, or a frozen snapshot of what was seen.

    What it is and where it came from never changes (guards.py); a better scan or a later text is a new edition.
    ``digest`` is the SHA-256 of the file, or of the canonical JSON of ``frozen`` where there is no file.
    ``frozen`` of a snapshot: {"what", "payload", "lineage", "at"}.
    """

    title = models.CharField("题名", max_length=200)
    document_no = models.CharField("文号", max_length=80, blank=True, help_text="如“校发〔2019〕12号”；没有的留空。")
    formed_on = models.DateField("形成日期")
    maker = models.CharField("责任者", max_length=100, help_text="制发这份材料的单位或个人。")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="归口部门", null=True, blank=True, related_name="+")
    page_count = models.PositiveIntegerField("页数", null=True, blank=True)
    medium = models.CharField("载体", max_length=12, choices=Medium, default=Medium.ELECTRONIC)
    secrecy = models.CharField("密级", max_length=10, choices=Secrecy, default=Secrecy.INTERNAL)
    shelf = models.CharField("原件存放处", max_length=100, blank=True, help_text="如“综合档案室 3 柜 2 层”。")
    kind = models.CharField("种类", max_length=10, choices=EvidenceKind, default=EvidenceKind.FILE, editable=False)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="文件", null=True, blank=True, related_name="+", editable=False
    )
    digest = models.CharField("摘要", max_length=64, blank=True, db_index=True, editable=False)
    edition = models.PositiveIntegerField("版次", default=1, editable=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上一版", null=True, blank=True, related_name="+", editable=False
    )
    frozen = models.JSONField("快照内容", null=True, blank=True, editable=False)
    added_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="入库人", null=True, blank=True, related_name="+", editable=False
    )
    added_at = models.DateTimeField("入库时间", editable=False)
    keep_until = models.DateField("保管至", null=True, blank=True, help_text="长期保管的留空。")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)
    checked_at = models.DateTimeField("最近校验", null=True, blank=True, editable=False)
    is_intact = models.BooleanField("校验结果", null=True, blank=True, editable=False)

    reach = Reach(unit="unit", own="added_by")
    objects: ClassVar[Any] = manager_of(EvidenceRows)

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ("-formed_on", "-pk")
        indexes = [models.Index(fields=["tenant", "formed_on"], name="files_evidence_formed")]
        constraints = [
            models.UniqueConstraint(
                fields=["previous"], condition=Q(previous__isnull=False), name="files_one_next_edition",
                violation_error_message="这份材料已经有新版本，请在最新版本上操作。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EvidenceKind.SNAPSHOT) | Q(frozen__isnull=False), name="files_snapshot_has_content"
            ),
            models.CheckConstraint(
                condition=~Q(secrecy=Secrecy.SECRET) | Q(file=None, frozen=None),
                name="files_no_secret_file",
                violation_error_message="涉密材料不得上传到本系统，只能登记纸质原件及其存放处。",
            ),
            models.CheckConstraint(
                condition=Q(previous=None, edition=1) | Q(previous__isnull=False, edition__gt=1),
                name="files_later_edition_follows_one",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title if self.edition == 1 else f"{self.title}（第 {self.edition} 版）"


class EvidenceUseRows(Rows["EvidenceUse"]):
    def visible_to(self, user: Any, action: str = "view") -> Self:
        """Besides what a role opens: uses on records that one may see, as far as looking goes."""
        held = super().visible_to(user, action)
        if action != "view" or user.grants.holds_everywhere("files.evidenceuse.view"):
            return held
        found = Q(pk__in=held.values("pk"))
        kinds = EvidenceUse.objects.order_by().values_list("object_type", flat=True).distinct()
        for label in kinds:
            try:
                model: Any = apps.get_model(label)
            except (LookupError, ValueError):  # the app is no longer installed: its records can't be seen
                continue
            seen = model._default_manager.all().visible_to(user, "view").order_by()
            found |= Q(object_type=label, object_uid__in=seen.values("uid"))
        return self.filter(found)

    def live(self) -> EvidenceUseRows:
        """Uses that haven't been withdrawn."""
        return self.filter(withdrawn_at=None)

    def waiting(self) -> EvidenceUseRows:
        """Uses on which nobody has decided yet."""
        return self.live().filter(accepted_at=None, refused_at=None)

    def accepted(self) -> EvidenceUseRows:
        return self.live().filter(accepted_at__isnull=False)

    def refused(self) -> EvidenceUseRows:
        return self.live().filter(refused_at__isnull=False)

    def of(self, row: Record) -> EvidenceUseRows:
        """Uses on one record."""
        return self.filter(object_type=row._meta.label_lower, object_uid=row.uid)


class EvidenceUse(Record):
    """One piece of evidence serving one record; one piece may serve many.

    ``unit`` is the unit of the record served, so that its head finds what waits for a word. ``uploaded_by`` repeats
    who brought the evidence, so that the database can keep that person from accepting it.
    """

    evidence = models.ForeignKey(Evidence, models.PROTECT, verbose_name="佐证材料", related_name="uses")
    object_type = models.CharField("对象类型", max_length=80, editable=False)
    object_uid = models.UUIDField("对象标识", editable=False)
    object_label = models.CharField("佐证事项", max_length=200, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="部门", null=True, blank=True, related_name="+")
    note = models.CharField("说明", max_length=300, blank=True, help_text="这份材料证明了什么，在第几页。")
    added_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="提交人", null=True, blank=True, related_name="+", editable=False
    )
    added_at = models.DateTimeField("提交时间", editable=False)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="入库人", null=True, blank=True, related_name="+", editable=False
    )
    accepted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="采信人", null=True, blank=True, related_name="+", editable=False
    )
    accepted_at = models.DateTimeField("采信时间", null=True, blank=True, editable=False)
    refused_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="退回人", null=True, blank=True, related_name="+", editable=False
    )
    refused_at = models.DateTimeField("退回时间", null=True, blank=True, editable=False)
    refused_reason = models.CharField("退回原因", max_length=300, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)

    reach = Reach(unit="unit", own="added_by")
    personal = {"object_label": DataClass.PERSONAL}
    objects: ClassVar[Any] = manager_of(EvidenceUseRows)

    class Meta:
        verbose_name = verbose_name_plural = "佐证关系"
        ordering = ("-added_at", "-pk")
        indexes = [
            models.Index(fields=["tenant", "object_type", "object_uid"], name="files_use_object"),
            # Without statistics SQLite would look through all uses of the tenant for each piece.
            models.Index(fields=["tenant", "evidence"], name="files_use_evidence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "object_type", "object_uid"], condition=Q(withdrawn_at=None),
                name="files_one_use_per_record", violation_error_message="这份材料已经用于这个事项，不必重复添加。",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(added_by=None) | ~Q(accepted_by=F("added_by")),
                name="files_adder_does_not_accept",
                violation_error_message="提交人不能采信自己提交的材料，请由他人审核。",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(uploaded_by=None) | ~Q(accepted_by=F("uploaded_by")),
                name="files_uploader_does_not_accept",
                violation_error_message="入库人不能采信自己入库的材料，请由他人审核。",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, refused_at=None, withdrawn_at=None),
                name="files_accepted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_by=None, refused_reason="")
                | (Q(refused_at__isnull=False, refused_by__isnull=False) & ~Q(refused_reason="")),
                name="files_refused_with_reason",
                violation_error_message="退回须写明原因。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.evidence} → {self.object_label}"
