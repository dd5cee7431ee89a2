"""What the database itself keeps of a piece of evidence: what it is, where it came from, and who accepted it."""

from __future__ import annotations

from typing import Any

from ..base.guards import Still, install

GUARDS = (
    Still(
        name="files_evidence",
        table="files_evidence",
        columns=(
            "uid", "tenant_id", "kind", "file_id", "digest", "formed_on", "maker", "edition", "previous_id", "frozen",
            "added_by_id", "added_at",
        ),
        words="evidence stays as it was formed",
        twins=(("previous_id",),),
    ),
    Still(
        name="files_use",
        table="files_evidenceuse",
        columns=(
            "uid", "tenant_id", "evidence_id", "object_type", "object_uid", "added_by_id", "added_at", "uploaded_by_id",
        ),
        words="a use of evidence stays as it was entered",
    ),
    Still(
        name="files_use_decided",
        table="files_evidenceuse",
        columns=(
            "accepted_by_id", "accepted_at", "refused_by_id", "refused_at", "refused_reason", "withdrawn_at", "note",
        ),
        words="a decision on evidence stands",
        when="OLD.accepted_at IS NOT NULL OR OLD.refused_at IS NOT NULL",
    ),
)  # fmt: skip


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """(Re)make the triggers once the tables exist."""
    install(GUARDS, using)
