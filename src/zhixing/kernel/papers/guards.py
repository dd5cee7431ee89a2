"""The database refuses to change or delete an issued paper; cancelling fills its empty columns, once."""

from __future__ import annotations

from typing import Any

from ..base.guards import Still, install

TABLE = "papers_issuedpaper"
WORDS = "an issued paper is immutable"
ISSUED = Still(
    table=TABLE,
    name="papers_issued",
    words=WORDS,
    columns=(
        "id", "tenant_id", "uid", "paper", "title", "number", "kind", "year", "sequence", "issued_by_id", "unit_id",
        "issued_at", "object_type", "object_uid", "object_label", "about", "content", "docx_id", "docx_digest",
        "pdf_id", "pdf_digest", "page_count", "created_at",
    ),
    twins=(("tenant_id", "kind", "year", "sequence"),),
)  # fmt: skip
CANCELLED = Still(
    table=TABLE,
    name="papers_cancelled",
    words=WORDS,
    columns=("cancelled_at", "cancelled_by_id", "cancel_reason"),
    when="OLD.cancelled_at IS NOT NULL",
)


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the table exists."""
    install((ISSUED, CANCELLED), using)
