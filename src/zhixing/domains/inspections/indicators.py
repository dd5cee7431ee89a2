"""What is counted about checking by people."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from zhixing.kernel.indicators import Ratio, indicator

from .choices import Conclusion, DrawState, Verdict
from .models import DrawItem, SelfCheck, SelfCheckRound

BY = ("unit__name",)


def _last_round() -> SelfCheckRound | None:
    return SelfCheckRound.objects.order_by("-opened_on", "-pk").first()


@indicator("参考点自查完成率", unit="%", by=BY, target=100, opens="inspections.selfcheck.list")
def self_check_rate(on: date) -> Ratio:
    """Points answered among all points of the latest round."""
    return Ratio(of=SelfCheck.objects.filter(round=_last_round()), part=~Q(conclusion=Conclusion.WAITING))


@indicator("参考点符合率", unit="%", by=BY, target=90, opens="inspections.selfcheck.list?conclusion=fit")
def conformity_rate(on: date) -> Ratio:
    """Points found to fit among those judged in the latest round (不适用 is left out)."""
    return Ratio(of=SelfCheck.objects.filter(round=_last_round()).judged(), part=Q(conclusion=Conclusion.FIT))


@indicator("抽查完成率", unit="%", target=100, opens="inspections.drawitem.list?is_drawn=1")
def draw_done_rate(on: date) -> Ratio:
    """Drawn objects that were checked, in draws that stand."""
    drawn = DrawItem.objects.filter(is_drawn=True).exclude(draw__state=DrawState.REPLACED)
    return Ratio(of=drawn, part=~Q(verdict=Verdict.WAITING))


@indicator("抽查合格率", unit="%", target=95, opens="inspections.drawitem.list?verdict=fit")
def draw_fit_rate(on: date) -> Ratio:
    """Drawn objects found fit among those that could be checked."""
    drawn = DrawItem.objects.filter(is_drawn=True, verdict__in=(Verdict.FIT, Verdict.UNFIT))
    return Ratio(of=drawn.exclude(draw__state=DrawState.REPLACED), part=Q(verdict=Verdict.FIT))
