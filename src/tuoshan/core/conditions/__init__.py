"""The expression language of playbooks: ``amount <= 200 && grade == 'normal'``.

``compile_expression`` turns text into an ``Expression`` that knows what it reads and can be evaluated
against any ``Scope``; ``check`` finds type mistakes before a playbook loads. The language, in short:

* literals: ``12``, ``0.75`` (exact decimals), ``'text'``, ``true``, ``false``, ``null``, ``['a', 'b']``;
* facts: ``amount``; the case's history: ``on.accept``, ``entered.answered``, ``first.accept``,
  ``times.appeal``, ``late.solve``, ``task.inquire.open``, ``ruling.kind``, ``members.stores.open``,
  ``remedy.settled``, ``remedy.failed``; the present moment: ``now``;
* operators, loosest first: ``||``; ``&&``; ``== != < <= > >= in``; ``+ -``; ``* /``; ``!`` and a leading
  ``-``. Comparisons do not chain;
* functions: ``days(n) hours(n) minutes(n) working_days(n) is_holiday(date) table('name', key…)
  total(money_fact) has(fact) size(list)``.

A fact that is not given makes what reads it *undecided*: ``false && undecided`` is false,
``true || undecided`` is true, and an undecided whole raises ``MissingFact`` with every missing name.
``null`` serves in ``== null`` and ``!= null`` alone; they mean "is not given" and "is given".
"""

from tuoshan.core.conditions.check import FactType, check
from tuoshan.core.conditions.errors import (
    ConditionError,
    EvaluationError,
    ExpressionError,
    MissingFact,
    TableError,
    TypeMismatch,
)
from tuoshan.core.conditions.expression import Expression, compile_expression
from tuoshan.core.conditions.names import RESERVED_NAMES
from tuoshan.core.conditions.unmet import unmet
from tuoshan.core.conditions.values import MISSING, Missing, Scope, Value, WorkingDays

__all__ = [
    "MISSING",
    "RESERVED_NAMES",
    "ConditionError",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "FactType",
    "Missing",
    "MissingFact",
    "Scope",
    "TableError",
    "TypeMismatch",
    "Value",
    "WorkingDays",
    "check",
    "compile_expression",
    "unmet",
]
