"""Words of the student register that several rooms use."""

from __future__ import annotations

from django.db import models


class Sex(models.TextChoices):
    """Kept as the national tables write them, so that rosters read the column as it is."""

    MALE = "男", "男"
    FEMALE = "女", "女"


class Status(models.TextChoices):
    """Where a student stands between admission and leaving (7号; machine of XJ-003, XJ-030…063)."""

    ADMITTED = "admitted", "录取"
    ARRIVED = "arrived", "报到"
    PENDING = "pending", "待核准"
    ENROLLED = "enrolled", "在读"
    SUSPENDED = "suspended", "休学"
    TRANSFERRED_OUT = "transferred_out", "转出"
    WITHDRAWN = "withdrawn", "退学"
    EXPELLED = "expelled", "开除"
    DECEASED = "deceased", "死亡"
    COMPLETED = "completed", "结业"
    GRADUATED = "graduated", "毕业"
    PLACE_GIVEN_UP = "place_given_up", "放弃入学资格"
    PLACE_KEPT = "place_kept", "保留入学资格"


ON_ROLL = (Status.PENDING, Status.ENROLLED, Status.SUSPENDED)
"""The school still answers for these students."""
GONE = (
    Status.TRANSFERRED_OUT, Status.WITHDRAWN, Status.EXPELLED, Status.DECEASED, Status.COMPLETED, Status.GRADUATED,
    Status.PLACE_GIVEN_UP,
)  # fmt: skip
"""From here no way leads back, except by a new enrolment."""

LAWFUL_MOVES: dict[str, tuple[Status, ...]] = {
    Status.ADMITTED: (Status.ARRIVED, Status.PLACE_GIVEN_UP, Status.PLACE_KEPT),
    Status.PLACE_KEPT: (Status.ADMITTED, Status.ARRIVED, Status.PLACE_GIVEN_UP),
    Status.ARRIVED: (Status.PENDING, Status.PLACE_GIVEN_UP),
    Status.PENDING: (Status.ENROLLED, Status.ARRIVED, Status.PLACE_GIVEN_UP),
    Status.ENROLLED: (
        Status.SUSPENDED, Status.TRANSFERRED_OUT, Status.WITHDRAWN, Status.EXPELLED, Status.DECEASED,
        Status.COMPLETED, Status.GRADUATED,
    ),
    Status.SUSPENDED: (Status.ENROLLED, Status.WITHDRAWN, Status.DECEASED),
}  # fmt: skip
"""From where one may go where; nothing leaves the states that aren't named."""


class ChangeKind(models.TextChoices):
    """Kinds of status change; the numbers are those of the national code where it has one."""

    ENTRY = "00", "入学"
    SUSPENSION = "11", "休学"
    RESUMPTION = "12", "复学"
    PLACE_KEPT = "14", "保留入学资格"
    PLACE_RESTORED = "15", "恢复入学资格"
    PLACE_CANCELLED = "16", "取消入学资格"
    TRANSFER_OUT = "21", "转学（转出）"
    TRANSFER_IN = "22", "转学（转入）"
    MAJOR_CHANGE = "23", "转专业"
    CLASS_CHANGE = "29", "转班级"
    WITHDRAWAL = "31", "退学"
    EXPULSION = "42", "开除学籍"
    DEATH = "51", "死亡"
    GRADUATION = "61", "毕业"
    COMPLETION = "62", "结业"
    OTHER = "99", "其他"


class Relation(models.TextChoices):
    """Spelt as the national tables do."""

    FATHER = "父亲", "父亲"
    MOTHER = "母亲", "母亲"
    STEPFATHER = "继父或养父", "继父或养父"
    STEPMOTHER = "继母或养母", "继母或养母"
    GRANDFATHER = "祖父", "祖父"
    GRANDMOTHER = "祖母", "祖母"
    MATERNAL_GRANDFATHER = "外祖父", "外祖父"
    MATERNAL_GRANDMOTHER = "外祖母", "外祖母"
    BROTHER = "兄弟", "兄弟"
    SISTER = "姐妹", "姐妹"
    OTHER_KIN = "其他亲属", "其他亲属"
    NOT_KIN = "非亲属", "非亲属"
