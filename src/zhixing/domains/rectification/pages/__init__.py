"""The book of findings, one's own part of it, each finding with its deeds, notices, look backs and the ledger."""

from .findings import FindingDetail, FindingEdit, FindingList, MeasureTab, MyFindings, PlanPanel, SubjectPanel
from .ledger import LedgerList, LedgerPage
from .lookbacks import LookBackDetail, LookBackList
from .notices import NoticeDetail, NoticeItemsTab, NoticeList

__all__ = [
    "FindingDetail", "FindingEdit", "FindingList", "LedgerList", "LedgerPage", "LookBackDetail", "LookBackList",
    "MeasureTab", "MyFindings", "NoticeDetail", "NoticeItemsTab", "NoticeList", "PlanPanel", "SubjectPanel",
]  # fmt: skip
