"""What can be wrong with an expression, before and while it is evaluated."""

from __future__ import annotations

from tuoshan.core.wording import NO_WORDING, Wording


class ConditionError(Exception):
    """Any trouble with an expression."""


class ExpressionError(ConditionError):
    """The text is no expression. ``column`` counts characters from 1; ``mend`` says what to write instead."""

    def __init__(self, text: str, column: int, message: Wording, mend: Wording) -> None:
        super().__init__(text, column, message, mend)
        self.text = text
        self.column = column
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"column {self.column}: {self.message.en} ({self.mend.en})"


class EvaluationError(ConditionError):
    """The expression is well formed, but these values give no answer; ``told`` says why."""

    @property
    def told(self) -> Wording:
        why = self.args[0] if self.args else ""
        return why if isinstance(why, Wording) else Wording(str(why), str(why))

    def __str__(self) -> str:
        return self.told.en


class MissingFact(EvaluationError):
    """Facts that the answer depends on are absent or null; ``names`` lists each once, in reading order."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names: tuple[str, ...] = names if len(names) < 2 else tuple(dict.fromkeys(names))

    @property
    def told(self) -> Wording:
        return Wording("还缺：" + "、".join(self.names), "need: " + ", ".join(self.names))


class TableError(EvaluationError):
    """A table is not there, takes other keys, or has no row for these keys. Raised by the scope."""


class TypeMismatch(EvaluationError):
    """Two things of different kinds met, or one thing of a kind that the operator cannot take.

    ``left`` and ``right`` say what they were (``grade (text)``); ``right`` is empty where there is only one.
    """

    def __init__(self, operator: str, left: Wording, right: Wording = NO_WORDING) -> None:
        super().__init__(operator, left, right)
        self.operator = operator
        self.left = left
        self.right = right

    @property
    def told(self) -> Wording:
        sign, left, right = self.operator, self.left, self.right
        if right.en:
            return Wording(
                f"“{sign}”两边合不到一起：{left.zh}，{right.zh}", f"'{sign}' cannot join {left.en} and {right.en}"
            )
        return Wording(f"“{sign}”不能用在{left.zh}上", f"'{sign}' cannot take {left.en}")
