"""The three shapes a value takes. Each gives the number, its breakdown and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

from django.db import models
from django.db.models import Q

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Group:
    """One group of a breakdown: the key in the rows, the value and its parts."""

    key: Any
    value: Decimal | None
    part: Decimal
    whole: Decimal | None = None


def _decimal(number: Any) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number or 0))


@dataclass(frozen=True)
class Ratio:
    """``part`` of ``of``, in per cent with one decimal; None where there is nothing to divide by.

    Without ``per`` the part is a condition on the same rows; with ``per`` it is so many rows of another queryset,
    and the value is a plain quotient (students per class). ``paths`` says what a path of ``of`` is called in the rows
    of ``per``, for breakdowns of such a quotient.
    """

    of: Any
    part: Q | None = None
    per: Any = None
    paths: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def parts(self) -> tuple[int, int]:
        """(numerator, denominator)."""
        if self.per is not None:
            return self.of.count(), self.per.count()
        found = self.of.aggregate(whole=models.Count("pk"), some=models.Count("pk", filter=self.part))
        return found["some"], found["whole"]

    def value(self) -> Decimal | None:
        return self.quotient(*self.parts())

    def quotient(self, part: Any, whole: Any) -> Decimal | None:
        if not whole:
            return None
        factor = 1 if self.per is not None else 100
        return (_decimal(part) * factor / _decimal(whole)).quantize(TENTH)

    def groups(self, path: str) -> list[Group]:
        """The value per group of the rows; for a quotient only where ``paths`` knows the path."""
        rows = self.of.order_by().values(path)
        if self.per is None:
            found = rows.annotate(whole=models.Count("pk"), some=models.Count("pk", filter=self.part))
            pairs = {r[path]: (r["some"], r["whole"]) for r in found}
        else:
            other = _other(self.paths, path)
            above = {r[path]: r["some"] for r in rows.annotate(some=models.Count("pk"))}
            below = self.per.order_by().values(other).annotate(some=models.Count("pk"))
            wholes = {r[other]: r["some"] for r in below}
            pairs = {key: (above.get(key, 0), wholes.get(key, 0)) for key in {**above, **wholes}}
        return [
            Group(key, self.quotient(part, whole), _decimal(part), _decimal(whole))
            for key, (part, whole) in pairs.items()
        ]

    def by(self, path: str) -> dict[Any, Decimal | None]:
        """The value per group of the rows divided."""
        return {group.key: group.value for group in self.groups(path)}

    def narrowed(self, path: str, condition: Any) -> Self:
        """The same measure where ``path`` is (or, for a lookup such as a__startswith, fits) ``condition``."""
        per = self.per if self.per is None else self.per.filter(**{_other(self.paths, path): condition})
        return replace(self, of=self.of.filter(**{path: condition}), per=per)

    def rows(self) -> Any:
        """The rows of the numerator."""
        return self.of if self.part is None else self.of.filter(self.part)

    def base(self) -> Any:
        """The rows of the denominator."""
        return self.of if self.per is None else self.per

    def rest(self) -> Any:
        """The rows that are missing from the numerator; none for a quotient of two kinds of rows."""
        if self.part is None:
            return None
        return self.of.exclude(pk__in=self.of.order_by().filter(self.part).values("pk"))


@dataclass(frozen=True)
class Count:
    """How many rows there are."""

    of: Any

    def parts(self) -> tuple[int, None]:
        return self.of.count(), None

    def value(self) -> Decimal:
        return Decimal(self.of.count())

    def quotient(self, part: Any, whole: Any) -> Decimal | None:
        return _decimal(part)

    def groups(self, path: str) -> list[Group]:
        rows = self.of.order_by().values(path).annotate(some=models.Count("pk"))
        return [Group(row[path], Decimal(row["some"]), Decimal(row["some"])) for row in rows]

    def by(self, path: str) -> dict[Any, Decimal | None]:
        return {group.key: group.value for group in self.groups(path)}

    def narrowed(self, path: str, condition: Any) -> Self:
        return replace(self, of=self.of.filter(**{path: condition}))

    def rows(self) -> Any:
        return self.of

    def base(self) -> Any:
        return None

    def rest(self) -> Any:
        return None


@dataclass(frozen=True)
class Total:
    """The sum of ``field`` over ``of``, or with ``average`` its mean over the rows that have a value.

    ``decimals`` of the value shown; None for a mean of nothing.
    """

    of: Any
    field: str
    average: bool = False
    decimals: int = 1

    def parts(self) -> tuple[Decimal, int]:
        """(sum, rows that have a value)."""
        found = self.of.aggregate(some=models.Sum(self.field), whole=models.Count(self.field))
        return _decimal(found["some"]), found["whole"]

    def value(self) -> Decimal | None:
        return self.quotient(*self.parts())

    def quotient(self, part: Any, whole: Any) -> Decimal | None:
        if self.average and not whole:
            return None
        found = _decimal(part) / _decimal(whole) if self.average else _decimal(part)
        return found.quantize(Decimal(1).scaleb(-self.decimals))

    def groups(self, path: str) -> list[Group]:
        rows = self.of.order_by().values(path).annotate(some=models.Sum(self.field), whole=models.Count(self.field))
        return [
            Group(row[path], self.quotient(row["some"], row["whole"]), _decimal(row["some"]), Decimal(row["whole"]))
            for row in rows
        ]

    def by(self, path: str) -> dict[Any, Decimal | None]:
        return {group.key: group.value for group in self.groups(path)}

    def narrowed(self, path: str, condition: Any) -> Self:
        return replace(self, of=self.of.filter(**{path: condition}))

    def rows(self) -> Any:
        return self.of.filter(**{f"{self.field}__isnull": False})

    def base(self) -> Any:
        return None

    def rest(self) -> Any:
        """The rows without a value."""
        return self.of.filter(**{f"{self.field}__isnull": True})


Measured = Ratio | Count | Total


def _other(paths: Mapping[str, str], path: str) -> str:
    """What a path, perhaps with a lookup at its end, is called in the rows of the denominator."""
    for ours, theirs in paths.items():
        if path == ours or path.startswith(f"{ours}__"):
            return theirs + path[len(ours) :]
    return path
