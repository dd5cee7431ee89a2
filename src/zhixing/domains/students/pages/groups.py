"""Columns of a student in the groups in which pages show and edit them."""

from __future__ import annotations

from zhixing.kernel.pages import Column, Facts

IDENTITY = (
    "name", "sex", "birth_date", "document_kind", "id_number", "ethnic_group", "political_status", "nationality",
    "native_place", "former_name", "overseas_kind", "marital_status", "phone", "email",
)  # fmt: skip
STUDY = (
    "cohort", "entry_date", "study_length", "study_form", "learner_category", "school_kind", "attendance_kind",
    "dormitory", "teaching_point",
)  # fmt: skip
ENTRY = Facts(
    "入学",
    (
        "intake_kind", "admission_target", "admission_way", "entry_way", "learner_source", "origin_kind",
        "origin_region", "previous_school", "joint_kind", "joint_school_code", "staged_training",
    ),
)  # fmt: skip
PLACES = Facts(
    "户籍与住址",
    (
        "household_kind", "household_province", "household_city", "household_county", "household_address",
        "household_region", "birth_region", "native_region", "home_province", "home_city", "home_county",
        "home_address", "home_postcode", "home_phone", "residence_kind",
    ),
)  # fmt: skip
NEEDS = Facts(
    "健康与资助",
    (
        "health", "health_note", "disability", "is_low_income", "is_registered_poor", "is_migrant_child",
        "hardship_level", "receives_grant", "grant_month_amount", "aid_basis", "bank_card",
        Column("note", width="wide"),
    ),
)  # fmt: skip
