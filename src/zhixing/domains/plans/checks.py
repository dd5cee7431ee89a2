"""What must hold in the plan in effect: every point has people, time and proof; nothing that is asked is lacking."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from zhixing.domains.school.queries import add_work_days
from zhixing.domains.staff.models import StaffMember
from zhixing.kernel.checks import Severity, check
from zhixing.kernel.standards.in_force import school_standards

from .choices import ALIVE, UNDONE, MemberRole, PlanLevel, PlanState, PointState
from .models import GroupMember, LeadingGroup, Plan, PlanStage, Task, TaskMatch, WorkPoint
from .queries import shining, the_day
from .queries.parents import LOOSE
from .queries.running import proofs, running
from .queries.summary_due import asked_since, issued_summaries

DUTY = "提升计划实施方案“加强组织领导”：明确各工作要点的责任人，责任到人"
PROOF = "提升计划实施方案“加强督促检查”；评估须有佐证材料"
GROUP = "提升计划实施方案“加强组织领导”：书记、校长任组长，下设办公室负责组织、协调、督办、宣传"


@check(
    WorkPoint, Severity.ERROR, "工作要点没有责任人", basis=DUTY, column="owner",
    remedy="在要点页点“分工”指定责任人；多条可在“工作要点”中批量分工，或导入任务分解表。",
)  # fmt: skip
def point_without_owner(points: Any) -> Any:
    return running(points).filter(owner=None, state__in=UNDONE)


@check(
    WorkPoint, Severity.ERROR, "工作要点没有牵头部门", basis=DUTY, column="lead",
    remedy="在要点页点“分工”指定牵头部门。",
)  # fmt: skip
def point_without_lead(points: Any) -> Any:
    return running(points).filter(lead=None, state__in=UNDONE)


@check(
    WorkPoint, Severity.ERROR, "工作要点没有完成时限", basis=DUTY, column="due_date",
    remedy="在要点页点“分工”填写完成时限；长期工作按年度或阶段填写。",
)  # fmt: skip
def point_without_due(points: Any) -> Any:
    return running(points).filter(due_date=None, state__in=UNDONE)


@check(
    WorkPoint, Severity.NOTICE, "没有写明预期佐证材料", basis=PROOF, column="expected_evidence",
    remedy="在要点中填写“预期成果/佐证材料”，便于责任人准备、验收人核对。",
)  # fmt: skip
def point_without_expected_evidence(points: Any) -> Any:
    return running(points).filter(expected_evidence="", state__in=(PointState.IN_EFFECT, PointState.SUBMITTED))


@check(
    WorkPoint, Severity.ERROR, "工作要点逾期未完成", basis=DUTY, column="due_date",
    remedy="责任人补充佐证后提交验收；确需延期的，由办公室说明原因后调整时限。",
)  # fmt: skip
def point_overdue(points: Any) -> Any:
    return running(points).filter(shining("red", the_day()))


@check(
    WorkPoint, Severity.WARNING, "到期的工作要点没有任何佐证材料", basis=PROOF,
    remedy="责任人在要点的“佐证材料”中添加能证明完成情况的材料。",
)  # fmt: skip
def evidence_missing(points: Any) -> Any:
    today = timezone.localdate()
    late = running(points).filter(state=PointState.IN_EFFECT, due_date__lt=today)
    return late.filter(~Exists(proofs()))


@check(
    WorkPoint, Severity.ERROR, "已验收的工作要点缺少有效佐证材料", basis=PROOF,
    remedy="补充佐证材料；没有材料的，由验收人“重新办理”退回责任人。",
)  # fmt: skip
def accepted_without_evidence(points: Any) -> Any:
    return running(points).filter(~Exists(proofs()), state=PointState.ACCEPTED)


@check(
    WorkPoint, Severity.WARNING, "提交的工作要点久未验收", basis="提升计划督办要求（期限为本校标准）",
    column="submitted_at",
    remedy="责任领导或办公室核对佐证材料，验收通过或退回。",
)  # fmt: skip
def acceptance_late(points: Any) -> Any:
    today = timezone.localdate()
    days = int(school_standards().number("plan_acceptance_days", today))
    return running(points).filter(state=PointState.SUBMITTED, submitted_date__lt=add_work_days(today, -days))


@check(
    WorkPoint, Severity.ERROR, "责任人账号已停用或已离校", basis=DUTY, column="owner",
    remedy="把要点移交给在岗人员，移交记录会保留。",
)  # fmt: skip
def owner_has_left(points: Any) -> Any:
    today = timezone.localdate()
    gone = Q(owner__is_active=False) | Q(owner__leaves_on__lt=today)
    return running(points).filter(gone, state__in=UNDONE)


@check(
    StaffMember, Severity.WARNING, "一人负责的未完成要点过多", basis="均衡分工（上限为本校标准，可调整）",
    remedy="在“人员负荷”中查看，把部分要点移交给他人。",
)  # fmt: skip
def overloaded_with_points(staff: Any) -> Any:
    most = int(school_standards().number("plan_load_most", timezone.localdate()))
    busy = running(WorkPoint.objects.filter(state__in=UNDONE).exclude(owner=None)).order_by().values("owner")
    busy = busy.annotate(n=Count("pk")).filter(n__gt=most)
    return staff.serving().filter(user__in=busy.values("owner"))


@check(
    Task, Severity.WARNING, "任务没有工作要点", basis=DUTY, remedy="在任务中新增工作要点并明确责任，否则无法计算进度。",
)  # fmt: skip
def task_without_point(tasks: Any) -> Any:
    own = tasks.standing().filter(action__plan__level=PlanLevel.SCHOOL, action__plan__state=PlanState.EFFECTIVE)
    return own.filter(~Exists(WorkPoint.objects.filter(task=OuterRef("pk"), state__in=ALIVE)))


@check(
    Task, Severity.WARNING, "上级方案的任务在本校方案中没有对应",
    basis="上级提升计划（条目与核实程度见上级方案）",
    remedy="在方案的“上级任务对照”中选择对应任务；确不纳入的，写明理由；应纳入的，在新版本方案中补充。",
)  # fmt: skip
def parent_task_unanswered(tasks: Any) -> Any:
    own = Plan.objects.of_school().effective()
    answered = TaskMatch.objects.filter(asked=OuterRef("pk"), plan__in=own).filter(
        Q(task=None) | Q(task__withdrawn_at=None)
    )
    asked = tasks.standing().filter(action__plan__in=own.values("parent")).exclude(certainty__in=LOOSE)
    return asked.filter(~Exists(answered))


@check(
    LeadingGroup, Severity.WARNING, "领导小组没有两位组长", basis=GROUP, remedy="在成员中登记书记、校长为组长。",
)  # fmt: skip
def group_without_two_heads(groups: Any) -> Any:
    today = timezone.localdate()
    heads = GroupMember.objects.serving(today).filter(group=OuterRef("pk"), role=MemberRole.HEAD).order_by()
    two = heads.values("group").annotate(n=Count("pk")).filter(n__gte=2)
    return groups.filter(~Exists(two), dissolved_date=None)


@check(
    LeadingGroup, Severity.WARNING, "领导小组办公室有职能未落实到人", basis=GROUP,
    remedy="在成员中勾选组织、协调、督办、宣传的负责人，四项都要有人。",
)  # fmt: skip
def office_function_vacant(groups: Any) -> Any:
    serving = GroupMember.objects.serving(timezone.localdate()).filter(group=OuterRef("pk"))
    vacant = Q(pk__in=())
    for function in ("organises", "coordinates", "chases", "publicises"):
        vacant |= ~Q(Exists(serving.filter(**{function: True})))
    return groups.filter(vacant, dissolved_date=None)


@check(
    LeadingGroup, Severity.NOTICE, "有牵头部门不在领导小组中", basis=GROUP + "；各部门负责人为成员",
    remedy="把牵头部门的负责人登记为领导小组成员。",
)  # fmt: skip
def leading_department_absent(groups: Any) -> Any:
    today = timezone.localdate()
    present = GroupMember.objects.serving(today).filter(
        group__plan=OuterRef("task__action__plan"), group__dissolved_date=None, user__unit=OuterRef("lead")
    )
    absent = running(WorkPoint.objects.filter(state__in=UNDONE).exclude(lead=None)).filter(~Exists(present))
    return groups.filter(plan__in=absent.order_by().values("task__action__plan"), dissolved_date=None)


@check(
    PlanStage, Severity.WARNING, "招生前的阶段总结还没有印发", basis="提升计划实施方案“每年招生前进行阶段总结”",
    remedy="在“阶段总结”中新增本年度总结，写好文字部分后打印并编号印发；截止日期可在“核查标准”中调整。",
)  # fmt: skip
def stage_summary_missing(stages: Any) -> Any:
    due = asked_since(timezone.localdate())
    own = {"plan__level": PlanLevel.SCHOOL, "plan__state": PlanState.EFFECTIVE}
    return stages.running(due).filter(**own).exclude(pk__in=issued_summaries(due.year).values("stage"))
