"""Articles of the column, micro-lessons with who studied them, and the figures that are shown to everyone."""

from .articles import Article, ArticlePicture
from .figures import PublicFigure
from .lessons import QUESTIONS, LessonQuestion, LessonReading, LessonTarget, MicroLesson

__all__ = [
    "QUESTIONS",
    "Article",
    "ArticlePicture",
    "LessonQuestion",
    "LessonReading",
    "LessonTarget",
    "MicroLesson",
    "PublicFigure",
]
