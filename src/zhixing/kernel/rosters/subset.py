"""Reads a rule's text: SQLGlot parses it, then only listed nodes, names and types come through.

The subset: columns of the roster, literals (text, whole numbers, true, false, null), and / or / not, comparisons,
between, in (a list of literals), is null, + - * % //, case, the primitives, ``in_codes(x, 'set')``,
``lookup('name', x, …)``, ``standard('name')``, ``in_standard(x, 'name')``, ``coalesce``; in group rules also count,
min, max. Everything is typed, so that no back end is left to guess: texts are compared by equality alone, numbers
only with numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from .declarations import RuleRefused
from .expressions import MAX_NUMBER, NULL, Node, Type, column, number, text
from .primitives import PRIMITIVES

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect

MAX_TEXT = 2000
MAX_NODES = 400
TODAY = "today"
"""``standard('today')`` is the day of the verification as yyyymmdd."""
TODAY_BOUND = 10**8
MAX_STANDARD = 10**6
_WORDS: dict[Type, str] = {"text": "文字", "number": "数字", "truth": "是非", "null": "空"}
_OPERATORS = {"And": "and", "Or": "or", "EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=",
              "Add": "+", "Sub": "-", "Mul": "*", "Mod": "%"}  # fmt: skip
_SPELT_OUT = {"Length": ("length", ("this",)), "Substring": ("substr", ("this", "start", "length"))}
_AGGREGATES = {"Count": "count", "Min": "min", "Max": "max"}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a text may name: columns, the sides of a pair, tables, and whether it judges groups."""

    columns: frozenset[str]
    sides: tuple[str, ...] = ()
    aggregates: bool = False


Reading = tuple[str, Scope, Type | None]
"""What a tree is read from: the text, its scope, and the type that it must have."""
MOST_READ = 4096
_read: dict[Reading, Node] = {}


def parse(source: str, scope: Scope, *, wanted: Type | None = "truth") -> Node:
    """Read one expression of the subset; what has been read once is remembered.

    Raises RuleRefused, in Chinese, for anything outside it and for a result of another type than ``wanted``
    (None: any).
    """
    reading = (source, scope, wanted)
    if reading not in _read:
        remember(reading, _parse(source, scope, wanted))
    return _read[reading]


def remember(reading: Reading, node: Node) -> None:
    """Keep a tree for the next time its text is read."""
    if len(_read) >= MOST_READ:
        _read.clear()
    _read[reading] = node


def remembered() -> dict[Reading, Node]:
    """Every tree that this process knows."""
    return dict(_read)


def _parse(source: str, scope: Scope, wanted: Type | None) -> Node:
    if len(source) > MAX_TEXT:
        raise RuleRefused(f"规则太长（{len(source)} 个字，最多 {MAX_TEXT} 个）。请拆成几条规则。")
    if "--" in source or "/*" in source or ";" in source or "#" in source or "\x00" in source:
        raise RuleRefused("规则里不能有注释符号（--、/*、#）或分号。请删去，一条规则只写一个判断。")
    tree = _sqlglot_tree(source)
    if sum(1 for _ in tree.walk()) > MAX_NODES:
        raise RuleRefused("规则太复杂。请拆成几条规则。")
    node = _Reader(scope).read(tree)
    if wanted and node.type not in (wanted, "null"):
        raise RuleRefused(f"整条规则应当得到{_WORDS[wanted]}，这里得到的是{_WORDS[node.type]}：{source}")
    return node


@lru_cache(maxsize=1)
def _dialect() -> Dialect:
    """Made once: making it takes as long as reading a rule."""
    from sqlglot.dialects.dialect import Dialect  # slow import

    return Dialect.get_or_raise("duckdb")


def _sqlglot_tree(source: str) -> exp.Expr:
    from sqlglot.errors import SqlglotError  # slow import

    try:
        trees = _dialect().parse(source)
    except (SqlglotError, RecursionError) as problem:
        raise RuleRefused(f"读不懂这条规则：{source}。请检查括号、引号和运算符是否成对、完整。") from problem
    if len(trees) != 1 or trees[0] is None:
        raise RuleRefused("规则是空的，或不止一条。请只写一个判断。")
    return trees[0]


class _Reader:
    """Turns SQLGlot's tree into ours, node by node; what isn't listed is refused."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.in_aggregate = False

    def read(self, tree: exp.Expr) -> Node:
        name = type(tree).__name__
        if any(tree.args.get(extra) for extra in ("distinct", "filter", "over", "order", "ignore_nulls", "comments")):
            self._refuse(tree)
        if name in _OPERATORS:
            return self._operator(_OPERATORS[name], self.read(tree.this), self.read(tree.expression), tree)
        if name in _SPELT_OUT:
            primitive, parts = _SPELT_OUT[name]
            self._only(tree, parts)
            return self._call(primitive, [tree.args[part] for part in parts if tree.args.get(part) is not None], tree)
        if name in _AGGREGATES:
            return self._aggregate(_AGGREGATES[name], tree)
        reader: Callable[[Any], Node] | None = getattr(self, f"_read_{name.lower()}", None)
        return reader(tree) if reader else self._refuse(tree)

    def _refuse(self, tree: exp.Expr) -> NoReturn:
        written = tree.sql(dialect="duckdb")
        raise RuleRefused(
            f"规则里不能用「{written}」。可以用：本表的列、文字和整数、比较、且或非、介于、属于，以及规则函数。"
        )

    def _only(self, tree: exp.Expr, parts: tuple[str, ...]) -> None:
        """Refuse a node that carries anything but these parts."""
        if any(value for part, value in tree.args.items() if part not in parts):
            self._refuse(tree)

    def _read_paren(self, tree: exp.Paren) -> Node:
        return self.read(tree.this)

    def _read_column(self, tree: exp.Column) -> Node:
        self._only(tree, ("this", "table"))
        name, side = tree.name, tree.table
        if self.scope.aggregates and not self.in_aggregate:
            raise RuleRefused(f"按组判断的规则里，「{name}」要放进 count(distinct ……)、min 或 max 里。")
        if name not in self.scope.columns:
            known = "、".join(sorted(self.scope.columns)[:12])
            raise RuleRefused(f"表里没有「{name}」这一列。列名要用英文短名，例如 {known} ……")
        if (side or None) not in (self.scope.sides or (None,)):
            sides = "、".join(self.scope.sides) or "不加前缀"
            raise RuleRefused(f"「{tree.sql()}」的写法不对：列名前应当写 {sides}。")
        return column(name, side)

    def _read_literal(self, tree: exp.Literal) -> Node:
        if tree.is_string:
            if not all(character.isprintable() for character in tree.name) or "\\" in tree.name:
                raise RuleRefused("引号里的文字不能有反斜杠、换行等特殊符号。")
            return text(tree.name)
        if not tree.name.isdecimal() or len(tree.name) > 9:
            raise RuleRefused(
                f"「{tree.name}」不行：只能写不超过 9 位的整数。金额请用分，例如 cents(月发放标准) > 35000。"
            )
        return number(int(tree.name))

    def _read_boolean(self, tree: exp.Boolean) -> Node:
        return Node("literal", "truth", "true" if tree.this else "false")

    def _read_null(self, tree: exp.Null) -> Node:
        return NULL

    def _read_not(self, tree: exp.Not) -> Node:
        return Node("not", "truth", args=(self._typed(tree.this, "truth"),))

    def _read_neg(self, tree: exp.Neg) -> Node:
        operand = self._typed(tree.this, "number")
        return Node("neg", "number", args=(operand,), bound=operand.bound)

    def _read_is(self, tree: exp.Is) -> Node:
        if type(tree.expression).__name__ != "Null":
            self._refuse(tree)
        return Node("is_null", "truth", args=(self.read(tree.this),))

    def _read_between(self, tree: exp.Between) -> Node:
        self._only(tree, ("this", "low", "high"))
        parts = tuple(self._typed(tree.args[part], "number") for part in ("this", "low", "high"))
        return Node("between", "truth", args=parts)

    def _read_in(self, tree: exp.In) -> Node:
        self._only(tree, ("this", "expressions"))
        options = [self.read(option) for option in tree.expressions]
        subject = self.read(tree.this)
        if not options or any(option.kind != "literal" or option.type != subject.type for option in options):
            raise RuleRefused(f"「{tree.sql()}」里 in 后面只能列出同类的文字或整数，例如 sex in ('男', '女')。")
        return Node("in", "truth", args=(subject, *options))

    def _read_coalesce(self, tree: exp.Coalesce) -> Node:
        self._only(tree, ("this", "expressions"))
        args = [self.read(arg) for arg in (tree.this, *tree.expressions)]
        return Node("coalesce", self._common(args, tree), args=tuple(args), bound=max(arg.bound for arg in args))

    def _read_case(self, tree: exp.Case) -> Node:
        self._only(tree, ("ifs", "default"))
        args: list[Node] = []
        for branch in tree.args["ifs"]:
            args += [self._typed(branch.this, "truth"), self.read(branch.args["true"])]
        default = tree.args.get("default")
        args.append(self.read(default) if default is not None else NULL)
        results = [*args[1::2], args[-1]] if len(args) > 1 else args
        return Node("case", self._common(results, tree), args=tuple(args), bound=max(node.bound for node in results))

    def _read_anonymous(self, tree: exp.Anonymous) -> Node:
        return self._call(str(tree.this).lower(), list(tree.expressions), tree)

    def _read_startswith(self, tree: exp.StartsWith) -> Node:
        return self._call("starts_with", [tree.this, tree.expression], tree)

    def _read_contains(self, tree: exp.Contains) -> Node:
        return self._call("contains", [tree.this, tree.expression], tree)

    def _read_intdiv(self, tree: exp.IntDiv) -> Node:
        return self._call("quotient", [tree.this, tree.expression], tree)

    def _call(self, name: str, raw: list[exp.Expr], tree: exp.Expr) -> Node:
        if name == "standard":
            asked = self._plain_text(raw, tree)
            return Node("standard", "number", asked, bound=TODAY_BOUND if asked == TODAY else MAX_STANDARD)
        if name == "in_standard" and len(raw) == 2:
            subject = self.read(raw[0])
            return Node("in_standard", "truth", self._plain_text(raw[1:], tree), (subject,))
        args = [self.read(arg) for arg in raw]
        if name == "in_codes":
            return self._in_codes(args, tree)
        if name == "lookup":
            return self._lookup(args, tree)
        primitive = PRIMITIVES.get(name)
        if primitive is None:
            known = "、".join(sorted(PRIMITIVES))
            raise RuleRefused(f"没有「{name}」这个函数。可以用的函数有：{known}、in_codes、standard、coalesce。")
        if len(args) != len(primitive.takes):
            raise RuleRefused(f"{name} 要写 {len(primitive.takes)} 个参数，这里写了 {len(args)} 个：{tree.sql()}")
        for arg, wanted in zip(args, primitive.takes, strict=True):
            if arg.type not in (wanted, "null"):
                raise RuleRefused(f"{name} 的参数应当是{_WORDS[wanted]}，这里是{_WORDS[arg.type]}：{tree.sql()}")
        bound = args[0].bound if name == "quotient" else primitive.bound
        return Node("call", primitive.gives, name, tuple(args), bound=bound)

    def _plain_text(self, raw: list[exp.Expr], tree: exp.Expr) -> str:
        if len(raw) != 1 or type(raw[0]).__name__ != "Literal" or not raw[0].is_string:
            raise RuleRefused(f"「{tree.sql()}」里要写标准的名称，例如 standard('class_size')。")
        return str(raw[0].name)

    def _in_codes(self, args: list[Node], tree: exp.Expr) -> Node:
        if len(args) != 2 or args[0].type != "text" or args[1].kind != "literal" or args[1].type != "text":
            raise RuleRefused(f"「{tree.sql()}」应写成 in_codes(列, '代码集')，例如 in_codes(sex, 'sex')。")
        found = Node("lookup", "text", f"codes:{args[1].value}", (args[0],))
        return Node("not", "truth", args=(Node("is_null", "truth", args=(found,)),))

    def _lookup(self, args: list[Node], tree: exp.Expr) -> Node:
        if len(args) < 2 or args[0].kind != "literal" or any(arg.type != "text" for arg in args):
            raise RuleRefused(f"「{tree.sql()}」应写成 lookup('表名', 列, ……)。")
        return Node("lookup", "text", f"table:{args[0].value}", tuple(args[1:]))

    def _aggregate(self, name: str, tree: exp.Expr) -> Node:
        self._only(tree, ("this", "big_int"))
        if not self.scope.aggregates or self.in_aggregate:
            raise RuleRefused(f"「{tree.sql()}」只能用在按组判断的规则里，并且不能套用。")
        inner = tree.this
        kind = type(inner).__name__
        if name == "count" and kind == "Star":
            return Node("aggregate", "number", "count", bound=10**12)
        if name == "count" and kind == "Distinct" and len(inner.expressions) == 1:
            name, inner = "count_distinct", inner.expressions[0]
        self.in_aggregate = True
        arg = self.read(inner)
        self.in_aggregate = False
        if name in ("min", "max") and arg.type != "number":
            raise RuleRefused(f"「{tree.sql()}」里应当是数字。")
        counted = name in ("count", "count_distinct")
        return Node("aggregate", "number", name, (arg,), bound=10**12 if counted else arg.bound)

    def _typed(self, tree: exp.Expr, wanted: Type) -> Node:
        node = self.read(tree)
        if node.type not in (wanted, "null"):
            raise RuleRefused(f"「{tree.sql()}」应当是{_WORDS[wanted]}，这里是{_WORDS[node.type]}。")
        return node

    def _common(self, nodes: list[Node], tree: exp.Expr) -> Type:
        types = {node.type for node in nodes} - {"null"}
        if len(types) > 1:
            raise RuleRefused(f"「{tree.sql()}」的几个结果应当是同一类（都是文字或都是数字）。")
        return types.pop() if types else "null"

    def _operator(self, sign: str, left: Node, right: Node, tree: exp.Expr) -> Node:
        if sign in ("and", "or"):
            wanted: set[Type] = {"truth"}
        elif sign in ("=", "<>"):
            wanted = {"text", "number"}
        else:
            wanted = {"number"}
        types = {left.type, right.type} - {"null"}
        if len(types) > 1 or not types <= wanted:
            kinds = f"{_WORDS[left.type]}和{_WORDS[right.type]}"
            raise RuleRefused(
                f"「{tree.sql()}」两边是{kinds}，不能用「{sign}」。文字要先用 number()、ymd() 等函数读成数字。"
            )
        if sign in ("+", "-", "*", "%"):
            return self._arithmetic(sign, left, right, tree)
        return Node(sign, "truth", args=(left, right))

    def _arithmetic(self, sign: str, left: Node, right: Node, tree: exp.Expr) -> Node:
        if sign == "%":
            if right.kind != "literal" or right.bound == 0:
                raise RuleRefused(f"「{tree.sql()}」里 % 后面要写一个不为零的整数。")
            return Node("%", "number", args=(left, right), bound=right.bound)
        bound = left.bound * right.bound if sign == "*" else left.bound + right.bound
        if bound > MAX_NUMBER:
            raise RuleRefused(f"「{tree.sql()}」算出来的数可能太大。请缩小相乘的数。")
        return Node(sign, "number", args=(left, right), bound=bound)
