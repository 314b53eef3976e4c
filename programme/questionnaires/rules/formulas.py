"""Formulas of calculated questions: + - * / and parentheses over numbers, earlier answers and sums of columns. Pure.

    sum(expenses.amount) / people            (own_funds + gifts) * 100 / sum(expenses.amount)

The text is parsed by Python's own parser and only a closed list of nodes is read: no name is ever looked up, no call is
ever made. Reckoning is decimal. A lone answer that is missing, or a division by zero, gives no value at all; the sum of a
column is that of the cells that are filled in, zero when none is; and when nothing that the formula names is answered
there is no value either, since a total of zero would be a statement.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any

from programme.questionnaires.rules import bounds

DEPTH = 12
"""How deep parentheses may nest: what is deeper could not be checked by reading. A long sum is one level."""
LARGEST = Decimal(10) ** 15
"""A result beyond this is no value: no question holds such a number, and exact reckoning would not fit the precision."""
_EXACT = Context(prec=40, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])
_DO: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _EXACT.add, ast.Sub: _EXACT.subtract, ast.Mult: _EXACT.multiply, ast.Div: _EXACT.divide,
}  # fmt: skip


_SIGNS = re.compile(r"[a-z0-9_+*/().\s-]*", re.ASCII)
_ODD_NUMBER = re.compile(r"\b[0-9]\w*[a-z_]|[0-9.]{17}", re.IGNORECASE)
"""Sixteens, powers of ten, digits in groups, and more digits than Python's own reading keeps."""


@dataclass(frozen=True, order=True)
class Need:
    """What a formula asks of an earlier answer: the number of a question, or the sum of a column of a table."""

    key: str
    column: str = ""


@dataclass(frozen=True)
class Formula:
    """A formula that reads; `needs` is in the order of writing."""

    text: str
    tree: ast.expr
    needs: tuple[Need, ...]

    def value(self, known: Mapping[Need, Decimal | None], decimals: int) -> Decimal | None:
        """The result, rounded half up to `decimals`; `known` holds what is answered. None when there is no value."""
        if self.needs and all(known.get(each) is None for each in self.needs):
            return None
        try:
            found = _reckon(self.tree, known)
            if found is None or abs(found) > LARGEST:
                return None
            return found.quantize(Decimal(1).scaleb(-decimals), context=_EXACT) + 0  # No « -0 ».
        except DecimalException:
            return None


@lru_cache(maxsize=512)
def formula(text: str) -> Formula:
    """A formula from its text.

    Raises:
        ValueError: it does not read: a sign or a word that is not of the closed list, too long, too deep.
    """
    if not _SIGNS.fullmatch(bounds.text(text, bounds.FORMULA, least=1)) or _ODD_NUMBER.search(text):
        raise ValueError(f"not a formula: {text!r}")
    try:
        # Line ends would be read as the end of the formula, or hide a comment.
        tree = ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"not a formula: {text!r}") from error
    return Formula(text, tree, tuple(dict.fromkeys(_needs(tree, text, DEPTH))))


def _needs(node: ast.expr, text: str, depth: int) -> Iterator[Need]:
    """What the formula names, once each of its nodes is known to be of the list."""
    if depth == 0:
        raise ValueError(f"a formula is at most {DEPTH} deep: {text!r}")
    if isinstance(node, ast.BinOp) and type(node.op) in _DO:
        yield from _needs(node.left, text, depth)
        yield from _needs(node.right, text, depth - 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        yield from _needs(node.operand, text, depth - 1)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        if "e" in repr(node.value):
            raise ValueError(f"not a number of a formula, in {text!r}")
    elif isinstance(node, ast.Name):
        yield Need(bounds.matching(node.id, bounds.KEY))
    else:
        yield _sum(node, text)


def _sum(node: ast.expr, text: str) -> Need:
    """`sum(table.column)`: the one call of the language, which is none of Python's."""
    match node:
        case ast.Call(func=ast.Name(id="sum"), args=[ast.Attribute(value=ast.Name(id=key), attr=column)], keywords=[]):
            return Need(bounds.matching(key, bounds.KEY), bounds.matching(column, bounds.KEY))
    raise ValueError(f"not a formula: {text!r}")


def _reckon(node: ast.expr, known: Mapping[Need, Decimal | None]) -> Decimal | None:
    if isinstance(node, ast.Constant):
        return Decimal(repr(node.value))
    if isinstance(node, ast.Name):
        return known.get(Need(node.id))
    if isinstance(node, ast.UnaryOp):
        found = _reckon(node.operand, known)
        return found if found is None or isinstance(node.op, ast.UAdd) else _EXACT.minus(found)
    if isinstance(node, ast.BinOp):
        left, right = _reckon(node.left, known), _reckon(node.right, known)
        return None if left is None or right is None else _DO[type(node.op)](left, right)
    return known.get(_sum(node, "")) or Decimal(0)


def sum_of(rows: Any, column: str, read: Callable[[Any], Decimal | None]) -> Decimal | None:
    """The sum of a column, in exact money; `read` gives the number of a cell. None when no cell of it holds one."""
    cells = [read(row.get(column)) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    numbers = [each for each in cells if each is not None]
    return sum(numbers, Decimal(0)) if numbers else None
