"""Articles of the column, micro-lessons with who studied them, and the figures that are shown to everyone."""

from .articles import Article, ArticlePicture
from .figures import PublicFigure
from .lessons import LessonQuestion, LessonReading, LessonTarget, MicroLesson

__all__ = [
    "Article",
    "ArticlePicture",
    "LessonQuestion",
    "LessonReading",
    "LessonTarget",
    "MicroLesson",
    "PublicFigure",
]
