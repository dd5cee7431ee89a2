"""Pages of what people find and what reaches the school from outside."""

from .appraisals import AppraisalDetail, AppraisalEdit, AppraisalItemsTab, AppraisalList
from .draws import DrawDetail, DrawItemDetail, DrawItemList, DrawList, DrawnTab, NewDraw, ProofPanel
from .incoming import (
    ComplaintDetail,
    ComplaintEdit,
    ComplaintList,
    NoticeDetail,
    NoticeEdit,
    NoticeList,
)
from .selfchecks import (
    NewRound,
    ReferencePointDetail,
    ReferencePointEdit,
    ReferencePointList,
    RoundDetail,
    RoundList,
    RoundTab,
    SelfCheckDetail,
    SelfCheckList,
)
from .sites import InspectionDetail, InspectionEdit, InspectionList

__all__ = [
    "AppraisalDetail",
    "AppraisalEdit",
    "AppraisalItemsTab",
    "AppraisalList",
    "ComplaintDetail",
    "ComplaintEdit",
    "ComplaintList",
    "DrawDetail",
    "DrawItemDetail",
    "DrawItemList",
    "DrawList",
    "DrawnTab",
    "InspectionDetail",
    "InspectionEdit",
    "InspectionList",
    "NewDraw",
    "NewRound",
    "NoticeDetail",
    "NoticeEdit",
    "NoticeList",
    "ProofPanel",
    "ReferencePointDetail",
    "ReferencePointEdit",
    "ReferencePointList",
    "RoundDetail",
    "RoundList",
    "RoundTab",
    "SelfCheckDetail",
    "SelfCheckList",
]  # fmt: skip
