"""What can be wrong with an expression, before and while it is evaluated."""

from __future__ import annotations


class ConditionError(Exception):
    """Any trouble with an expression."""


class ExpressionError(ConditionError):
    """The text is no expression. ``column`` counts characters from 1; ``mend`` says what to write instead."""

    def __init__(self, text: str, column: int, message: str, mend: str) -> None:
        super().__init__(text, column, message, mend)
        self.text = text
        self.column = column
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"column {self.column}: {self.message} ({self.mend})"


class EvaluationError(ConditionError):
    """The expression is well formed, but these values give no answer."""


class MissingFact(EvaluationError):
    """Facts that the answer depends on are absent or null; ``names`` lists each once, in reading order."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names: tuple[str, ...] = names if len(names) < 2 else tuple(dict.fromkeys(names))

    def __str__(self) -> str:
        return "need: " + ", ".join(self.names)


class TableError(EvaluationError):
    """A table is not there, takes other keys, or has no row for these keys. Raised by the scope."""


class TypeMismatch(EvaluationError):
    """Two things of different kinds met, or one thing of a kind that the operator cannot take.

    ``left`` and ``right`` say what they were (``grade (text)``); ``right`` is empty where there is only one.
    """

    def __init__(self, operator: str, left: str, right: str = "") -> None:
        super().__init__(operator, left, right)
        self.operator = operator
        self.left = left
        self.right = right

    def __str__(self) -> str:
        if self.right:
            return f"'{self.operator}' cannot join {self.left} and {self.right}"
        return f"'{self.operator}' cannot take {self.left}"
