"""How articles and lessons move, and on whose word."""

from .articles import ArticleCourse, take
from .lessons import LessonCourse, take_lesson

__all__ = ["ArticleCourse", "LessonCourse", "take", "take_lesson"]
