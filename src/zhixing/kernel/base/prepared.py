"""Questions that every request asks alike: built and compiled once, afterwards only their values change.

Building and compiling a queryset costs more than most databases need to answer it. Here the queryset itself stays the
one way to say a question; what is kept is the SQL that Django made of it. Wall 1 (tenancy.py) holds: the queryset is
built in the scope of a mark, so wherever the scoped manager narrows to the tenant the SQL gets a place for it, and each
run puts in the tenant in scope. A question without such a place is refused unless declared to be about no tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression

from .tenancy import ScopeMissing, current_tenant, scope_is_open, tenant_scope

TENANT = "tenant in scope"


@dataclass(frozen=True)
class Mark:
    """Stands among the parameters of compiled SQL for a value that each run brings."""

    name: str
    field: models.Field[Any, Any]

    def ready(self, value: Any, connection: Any) -> Any:
        return self.field.get_db_prep_value(value, connection)


@dataclass(frozen=True)
class Pattern:
    """A mark for a text that ``icontains`` looks for; while the SQL is made, a token that no text holds stands in."""

    name: str

    @property
    def token(self) -> str:
        return f"\ue000{self.name}\ue001"

    def ready(self, value: Any, connection: Any) -> Any:
        return f"%{connection.ops.prep_for_like_query(value)}%"


CONTAINED = "contained"
"""Given for a field in the slots of a question: the value is a text that ``icontains`` looks for."""

Slots = dict[str, "models.Field[Any, Any] | str"]


class Slot(Expression):
    """Stands in a queryset for a value that each run brings; ``field`` makes it ready for the database."""

    allowed_default = False

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.mark = Mark(name, field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self.mark]


def columns(model: type[models.Model], joins: Iterable[str] = ()) -> list[str]:
    """The names to ask ``values_list`` for so that ``assembled`` can build rows with their related rows."""
    found = [field.attname for field in model._meta.concrete_fields]
    for way in _ways(joins):
        found += [f"{way}__{field.attname}" for field in _led_to(model, way)._meta.concrete_fields]
    return found


def assembled(model: type[models.Model], joins: Iterable[str], row: Sequence[Any]) -> Any:
    """The instance that select_related(*joins) would have built of these values."""
    start, made = 0, {}
    for way in ("", *_ways(joins)):
        kind = _led_to(model, way)
        names = [field.attname for field in kind._meta.concrete_fields]
        values, start = row[start : start + len(names)], start + len(names)
        there = values[names.index(kind._meta.pk.attname)] is not None
        made[way] = kind.from_db(DEFAULT_DB_ALIAS, names, values) if there else None
        parent, _, name = way.rpartition("__")
        if way and made[parent] is not None:
            setattr(made[parent], name, made[way])
    return made[""]


@cache
def _led_to(model: Any, way: str) -> Any:
    for name in way.split("__") if way else ():
        model = model._meta.get_field(name).related_model
    return model


def _ways(joins: Iterable[str]) -> tuple[str, ...]:
    """Every step of every join, the nearer ones first."""
    found: dict[str, None] = {}
    for join in joins:
        steps = join.split("__")
        found |= dict.fromkeys("__".join(steps[: i + 1]) for i in range(len(steps)))
    return tuple(found)


@dataclass(frozen=True)
class Method:
    """A converter of a database back end, apart from the connection it was taken from."""

    of_ops: Callable[..., Any]


@dataclass(frozen=True)
class Compiled:
    """SQL with its parameters, some of them marks; blank where no row can ever be found.

    ``converters``: for some columns of an answer, by place, what turns their values into Python's.
    """

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]

    def run(self, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of the answer."""
        if not self.sql:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        params = [
            part.ready(values[part.name], connection) if isinstance(part, Mark | Pattern) else part
            for part in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        return self._converted(rows, connection) if self.converters and rows else rows

    def _converted(self, rows: Sequence[tuple[Any, ...]], connection: Any) -> list[tuple[Any, ...]]:
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, several, expression in self.converters:
            column = columns[place]
            for convert in several:
                # A back end's own converters are methods: of the connection that runs, not of the one that compiled.
                lawful = partial(convert.of_ops, connection.ops) if isinstance(convert, Method) else convert
                column = [lawful(value, expression, connection) for value in column]
            columns[place] = column
        return list(zip(*columns, strict=True))


class Prepared:
    """``build(**slots)`` returns a queryset of ``values_list``; ``slots`` names the values and their fields.

    With ``walled`` (the rule) the question is about the tenant in scope. ScopeMissing is raised, as by the manager,
    when none is; where the scope was opened on purpose the queryset is built anew each time.
    """

    def __init__(self, build: Callable[..., Any], slots: Slots | None = None, *, walled: bool = True) -> None:
        self.build, self.slots, self.walled = build, slots or {}, walled
        self._compiled: dict[str, Compiled] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The answer for these values, one for each slot."""
        if self.walled:
            if scope_is_open():
                return list(self.build(**values))
            values[TENANT] = current_tenant()
            if values[TENANT] is None:
                raise ScopeMissing("a prepared question: no tenant in scope")
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        found = self._compiled.get(vendor)
        if found is None:
            found = self._compiled[vendor] = self._compile()
        return found.run(values)

    def _compile(self) -> Compiled:
        patterns = [Pattern(name) for name, field in self.slots.items() if field == CONTAINED]
        slots: dict[str, Any] = {pattern.name: pattern.token for pattern in patterns}
        slots |= {name: Slot(name, field) for name, field in self.slots.items() if isinstance(field, models.Field)}
        place = Slot(TENANT, models.BigIntegerField())
        if self.walled:
            with tenant_scope(cast(int, place)):
                rows = self.build(**slots)
        else:
            rows = self.build(**slots)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # nobody's rows, whatever the values: Django itself would not ask the database
            return Compiled("", (), ())
        if self.walled and place.mark not in params:
            raise ScopeMissing(f"{rows.model._meta.label}: a prepared question without a place for the tenant")
        tokens = {f"%{pattern.token}%": pattern for pattern in patterns}
        params = tuple(tokens.get(part, part) if isinstance(part, str) else part for part in params)
        if any("\ue000" in part for part in params if isinstance(part, str)):
            raise ValueError("a prepared question uses a contained text otherwise than with icontains")
        converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
        ops = compiler.connection.ops
        detached = [(i, tuple(_detached(one, ops) for one in several), at) for i, (several, at) in converters.items()]
        return Compiled(sql, params, tuple(detached))


def _detached(convert: Any, ops: Any) -> Any:
    """A converter that keeps no connection alive: the one that compiled may belong to a thread that has long ended."""
    return Method(convert.__func__) if getattr(convert, "__self__", None) is ops else convert
