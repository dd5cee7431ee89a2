"""Papers: what the school prints, declared once, as Word and PDF by GB/T 9704-2012, numbered and kept unchanged."""

from typing import TYPE_CHECKING

from ..base.lazy import offered_by

if TYPE_CHECKING:
    from .blocks import (
        Annex,
        Box,
        Form,
        Head,
        Heading,
        Imprint,
        Labelled,
        Letter,
        PageBreak,
        Para,
        Picture,
        Signatures,
        Slip,
        Table,
    )
    from .declare import Paper, papers, papers_of, written_day
    from .issuing import cancel, draw, issue
    from .pdf import to_pdf
    from .word import to_docx

__all__ = [
    "Annex", "Box", "Form", "Head", "Heading", "Imprint", "Labelled", "Letter", "PageBreak", "Paper", "Para",
    "Picture", "Signatures", "Slip", "Table", "cancel", "draw", "issue", "papers", "papers_of", "to_docx", "to_pdf",
    "written_day",
]  # fmt: skip
__getattr__ = offered_by(
    __name__,
    **dict.fromkeys(
        ("Annex", "Box", "Form", "Head", "Heading", "Imprint", "Labelled", "Letter", "PageBreak", "Para", "Picture",
         "Signatures", "Slip", "Table"), "blocks",
    ),
    Paper="declare", papers="declare", papers_of="declare", written_day="declare",
    cancel="issuing", draw="issuing", issue="issuing",
    to_pdf="pdf", to_docx="word",
)  # fmt: skip
