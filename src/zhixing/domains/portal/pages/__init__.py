"""Pages of the column: articles, lessons, study and statistics for the school, the column itself for everyone."""

from .articles import (
    ArticleDetail,
    ArticleEdit,
    ArticleList,
    PictureDetail,
    PictureRemoval,
    PicturesTab,
    ReadyPanel,
    TextTab,
)
from .column import ColumnArticle, ColumnDoor, ColumnFront, ColumnLesson, ColumnList, ColumnPicture, ColumnPlan
from .export import WechatExport
from .figures import FiguresPage
from .home import ReviewPanel, StudyPanel
from .lessons import (
    CodePng,
    CodeSvg,
    LessonCoverageTab,
    LessonDetail,
    LessonEdit,
    LessonList,
    LessonTextTab,
    LinkPanel,
    QuestionsPage,
)
from .study import CoveragePage, MyStudy, ReadingList, StudyPage, WritingPage

__all__ = [
    "ArticleDetail", "ArticleEdit", "ArticleList", "CodePng", "CodeSvg", "ColumnArticle", "ColumnDoor", "ColumnFront",
    "ColumnLesson", "ColumnList", "ColumnPicture", "ColumnPlan", "CoveragePage", "FiguresPage", "LessonCoverageTab",
    "LessonDetail", "LessonEdit", "LessonList", "LessonTextTab", "LinkPanel", "MyStudy", "PictureDetail",
    "PictureRemoval", "PicturesTab", "QuestionsPage", "ReadingList", "ReadyPanel", "ReviewPanel", "StudyPage",
    "StudyPanel", "TextTab", "WechatExport", "WritingPage",
]  # fmt: skip
