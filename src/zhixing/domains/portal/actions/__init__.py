"""What is done about the column: write, illustrate, teach, study, publish figures. Steps of review are procedures."""

from .articles import add_picture, mark_replaced, note_consent, remove_picture, rewrite_article, write_article
from .figures import set_figures
from .lessons import rewrite_lesson, set_questions, set_targets, write_lesson
from .readings import (
    answer_quiz,
    ask_learners,
    count_try,
    count_visit,
    mark_quiz,
    open_lesson,
    remind_learners,
    sign_reading,
)

__all__ = [
    "add_picture",
    "answer_quiz",
    "ask_learners",
    "count_try",
    "count_visit",
    "mark_quiz",
    "mark_replaced",
    "note_consent",
    "open_lesson",
    "remind_learners",
    "remove_picture",
    "rewrite_article",
    "rewrite_lesson",
    "set_figures",
    "set_questions",
    "set_targets",
    "sign_reading",
    "write_article",
    "write_lesson",
]
