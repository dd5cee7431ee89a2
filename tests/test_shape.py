"""The house rules that a linter can't see, each read from the tree or from the registries themselves."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "src" / "zhixing"
ROOMS = {
    "apps", "choices", "models", "queries", "actions", "checks", "rosters", "indicators", "procedures", "sheets",
    "papers", "pages", "demo", "documents", "jobs",
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff]")
LINES, FUNCTION = 400, 50
LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()


def sources(folder: Path = HOUSE) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def domain_apps() -> list[Path]:
    return [path for path in sorted((HOUSE / "domains").iterdir()) if (path / "apps.py").exists()]


def storeys() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    lines = next(c for c in contracts if c.get("containers") == ["zhixing.domains"])["layers"]
    return {name.strip(): -height for height, line in enumerate(lines) for name in line.split("|")}


DOMAIN_MODELS = [m for m in apps.get_models() if m.__module__.startswith("zhixing.domains.")]
OUR_MODELS = [m for m in apps.get_models() if m.__module__.startswith("zhixing.")]


@pytest.mark.parametrize("app", domain_apps(), ids=lambda app: app.name)
def test_every_app_has_the_same_rooms(app):
    strange = {
        path.stem
        for path in app.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        and path.stem not in ROOMS | {"__init__", "migrations"}
    }
    assert not strange, f"{app.name} has rooms of its own: {strange}"
    readme = app / "README.md"
    assert readme.exists(), f"{app.name} has no README.md"
    assert HAN.search(readme.read_text("utf-8"))


@pytest.mark.parametrize("model", DOMAIN_MODELS, ids=lambda model: model._meta.label)
def test_relations_run_down_the_storeys(model):
    height = storeys()
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model in DOMAIN_MODELS:
            here, there = model._meta.app_label, field.related_model._meta.app_label
            assert here == there or height[here] > height[there], f"{model}.{field.name} points up or sideways"
            assert here == there or field.remote_field.hidden, f"{model}.{field.name} gives the lower app a handle up"


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_label_is_chinese(model):
    assert HAN.search(str(model._meta.verbose_name))
    inherited = {"id", "password", "last_login", "session_key", "session_data", "expire_date"}
    for field in model._meta.fields:
        assert field.name in inherited or HAN.search(str(field.verbose_name)), field


def test_models_are_not_named_by_strings_across_apps():
    for model in DOMAIN_MODELS:
        path = Path(apps.get_app_config(model._meta.app_label).path)
        for source in [path / "models.py", *(path / "models").rglob("*.py")]:
            if source.exists():
                found = re.findall(r'(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*"(\w+\.\w+)"', source.read_text())
                assert not found, f"{source} names {found} by string"


def test_no_file_grows_into_a_hall():
    long = {str(p.relative_to(HOUSE)) for p in sources() if len(p.read_text("utf-8").splitlines()) > LINES}
    assert long <= LONG_FILES, long - LONG_FILES


def test_no_function_grows_into_a_hall():
    long = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno > FUNCTION:
                long.add(f"{path.relative_to(HOUSE)}:{node.name}")
    assert long <= LONG_FUNCTIONS, long - LONG_FUNCTIONS


def callers(name: str) -> set[str]:
    """Modules that call a function of this name."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called == name:
                    found.add(str(path.relative_to(HOUSE)))
    return found


MAY_CROSS = {
    "kernel/people/keys.py", "kernel/trail/sealer.py", "kernel/jobs/lease.py", "kernel/jobs/worker.py",
}  # fmt: skip
MAY_OPEN = {
    "kernel/trail/record.py", "kernel/people/passwords.py", "kernel/pages/exporting.py", "kernel/sheets/conversion.py",
    "kernel/sheets/staging_cells.py", "kernel/sheets/undo.py",
}  # fmt: skip


def test_the_wall_is_lifted_in_named_places_only():
    rest = {path for path in callers("across_tenants") if not path.startswith("site/")} - MAY_CROSS
    assert not rest, f"across_tenants in {rest}"


def test_sealed_values_are_opened_in_named_places_only():
    rest = {path for path in callers("open_sealed") if not path.startswith("site/backups/")} - MAY_OPEN
    assert not rest, f"open_sealed in {rest}"


def test_no_raw_doors():
    """E-08: no raw SQL outside the guards, no escape hatches in templates and views."""
    allowed = {
        "kernel/people/walls.py", "kernel/people/exclusion.py", "kernel/people/systemchecks.py",
        "kernel/trail/guards.py",
        "kernel/base/guards.py",
        "kernel/base/patience.py",  # one pragma: how long a write waits
        "kernel/base/bulk.py",  # INSERT and UPDATE of whole rows by their model's columns, within the tenant's wall
        "kernel/base/prepared.py",  # runs only SQL that Django compiled from a queryset, with a place for the tenant
    }  # fmt: skip
    for path in sources():
        name = str(path.relative_to(HOUSE))
        text = path.read_text("utf-8")
        assert "csrf_exempt" not in text, name
        assert "mark_safe" not in text, name
        assert "__all__'" not in text.replace("__all__ =", ""), name
        if not name.startswith(("site/", "kernel/rosters/")) and name not in allowed:
            assert not re.search(r"\.(raw|extra)\(|RawSQL|\.cursor\(\)", text), name
    for path in HOUSE.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "|safe" not in text, path
        assert not re.search(r"<(?:script|style)>|\son\w+=|style=", text), f"inline script or style in {path}"


def test_no_accounts_outside_the_sign_in():
    users = {str(p.relative_to(HOUSE)) for p in sources() if "User.accounts" in p.read_text("utf-8")}
    assert all(name.startswith(("kernel/people/", "site/")) for name in users), users


def test_registries_are_closed():
    from zhixing.kernel.checks.declare import checks
    from zhixing.kernel.indicators.declare import indicators
    from zhixing.kernel.procedures.declare import procedures

    for registry in (checks, indicators, procedures):
        assert len(registry) > 0
        with pytest.raises(RuntimeError):
            registry.add("late.comer", None)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_protect(model):
    """Deleting never cascades into another app's rows."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label != model._meta.app_label:
            own = {"people.User"}
            assert field.remote_field.on_delete is not models.CASCADE or field.related_model._meta.label in own, field
