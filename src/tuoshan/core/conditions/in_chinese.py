"""What is wrong with an expression, in Chinese: the sentences of parser, tokens, names and check, one by one.

They are told in English where they are found; whoever shows them beside Chinese takes them from here. What stands in
the expression itself (names, signs, texts) stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_KINDS: Final = {
    "text": "文字", "number": "数字", "yes or no": "是非", "date": "日期", "moment": "时刻", "duration": "时长",
    "working days": "工作日数", "list": "列表", "null": "空", "unknown": "未知的类型",
}  # fmt: skip
_SIDES: Final = re.compile(rf"(?P<what>.+) is (?P<kind>{'|'.join(_KINDS)})")
_TYPED: Final = re.compile(rf"(?P<what>.+) \((?P<kind>{'|'.join(_KINDS)})\)")


def _kinds(text: str) -> str:
    """`number or date`."""
    found = re.findall("|".join(sorted(_KINDS, key=len, reverse=True)), text)
    return "或".join(_KINDS[one] for one in found) or text


def _side(text: str) -> str:
    """`paid is number`, `this is text`."""
    found = _SIDES.fullmatch(text) or _TYPED.fullmatch(text)
    if found is None:
        return "文字的列表" if text == "a list of texts" else text
    what = "这里" if found["what"] == "this" else f" {found['what']} "
    return f"{what}是{_KINDS[found['kind']]}"


def _also(text: str) -> str:
    return in_chinese(text)


_SAID: Final[tuple[tuple[str, str, tuple[Callable[[str], str] | None, ...]], ...]] = (
    (r"column (\d+): (.+)", "第 {0} 个字符：{1}", (None, _also)),
    (r"(there is no fact '.+'|'.+' is no value of .+); (.+)", "{0}；{1}", (_also, _also)),
    (r"(.+ needs an order, but .+); compare with == or in", "{0}；请用 == 或 in 比较", (_also,)),
    (r"this gives (.+) where (.+) is needed", "这里要{1}，算出来的却是{0}", (_kinds, _kinds)),
    (r"there is no fact '(.+)'", "没有“{0}”", (None,)),
    (r"'(.+)' is no value of (.+)", "“{0}”不是 {1} 的选项", (None, None)),
    (r"ask for it in a form, or register it", "请先让表单问它，或登记它", ()),
    (r"'total' adds up money, but (.+)", "total 只合计金额，而{0}", (_side,)),
    (r"'(.+)' cannot join (.+) and (.+)", "“{0}”两边合不到一起：{1}，{2}", (None, _side, _side)),
    (r"nothing can be divided by zero", "不能除以零", ()),
    (r"'(.+)' would need more than 100 digits", "“{0}”算出来的数超过一百位", (None,)),
    (r"the answer of '(.+)' is out of range", "“{0}”算出来的数太大", (None,)),
    (r"(.+\(.+\)) is out of range", "{0} 太长", (None,)),
    (r"a date moves by whole days only; use a fact with date and time for hours and minutes",
     "日期只能加减整天；要加减小时、分钟，用带时刻的事实", ()),
    (r"'(.+)' cannot take (.+)", "“{0}”不能用在 {1} 上", (None, None)),
    (r"'in' needs a list on its right, but (.+)", "in 的右边要是列表，而{0}", (_side,)),
    (r"'(.+)' needs an order, but (.+)", "“{0}”两边要能比大小，而{1}", (None, _side)),
    (r"'(.+)' takes (one argument|at least one argument), not (\d+)", "“{0}”要{1}，不是 {2} 个", (
        None, lambda text: "一个值" if text == "one argument" else "至少一个值", None)),
    (r"'(.+)' takes no arguments", "“{0}”后面不带括号", (None,)),
    (r"'(.+)' takes (.+), but (.+)", "“{0}”要{1}，而{2}", (None, _kinds, _side)),
    (r"this expression is too deep", "算式套得太深", ()),
    (r"'(.+)' is missing before (.+)", "{1}之前少了“{0}”", (None, lambda text: "结尾" if text == "the end" else text)),
    (r"the expression is empty", "算式是空的", ()),
    (r"'(.+)' closes nothing", "“{0}”没有与它成对的开头", (None,)),
    (r"a comma separates nothing here", "这里的逗号没有分开什么", ()),
    (r"'(.+)' is no operator", "“{0}”不是运算符", (None,)),
    (r"an operator is missing before '(.+)'", "“{0}”之前少了运算符", (None,)),
    (r"comparisons do not chain", "比较不能连着写", ()),
    (r"it is unclear what '!' denies before '(.+)'", "“{0}”之前的 ! 否定的是什么不清楚", (None,)),
    (r"null goes only with == or != and a fact", "null 只能与事实用 == 或 != 比较", ()),
    (r"null is no value to work with", "null 不能参加计算", ()),
    (r"the expression ends where a value belongs", "算式没有写完，这里要一个值", ()),
    (r"'(.+)' stands where a value belongs", "这里要一个值，却是“{0}”", (None,)),
    (r"'now' is a value, not a function", "now 是一个值，不是函数", ()),
    (r"'(.+)' cannot be a fact's name", "“{0}”不能作事实的名称", (None,)),
    (r"'(.+)' is a function's name, so no fact can be called that", "“{0}”是函数名，事实不能这样叫", (None,)),
    (r"'(.+)' is a reserved word, so no fact can be called that", "“{0}”是保留字，事实不能这样叫", (None,)),
    (r"'(.+)' has no parts", "“{0}”没有下一级", (None,)),
    (r"there is no function '(.+)'", "没有函数“{0}”", (None,)),
    (r"'has' asks about a fact", "has 只能问某个事实有没有", ()),
    (r"'total' adds up one money fact of the case", "total 合计工单里的一个金额", ()),
    (r"a table is named by a text in quotes", "表名要写在引号里", ()),
    (r"an expression has at most (\d+) characters", "算式最多 {0} 个字符", (None,)),
    (r"a number has at most (\d+) digits", "数字最多 {0} 位", (None,)),
    (r"this text does not end properly", "这段文字的引号没有合上", ()),
    (r"'(.+)' can stand in no name", "“{0}”不能出现在名称里", (None,)),
    (r"'(.+)' cannot follow the number (.+)", "数字 {1} 后面不能跟“{0}”", (None, None)),
    (r"'(.+)' has no meaning here", "“{0}”在这里没有意义", (None,)),
    # what to do
    (r"name facts in Latin letters, and put text into quotes", "事实用英文字母的名称，文字放在引号里", ()),
    (r"write a number in digits with at most one point, and a length of time as days\(3\) or hours\(24\)",
     "数字只写阿拉伯数字，最多一个小数点；时长写成 days(3) 或 hours(24)", ()),
    (r"write a smaller number", "写小一些的数", ()),
    (r"write a share as a decimal, 0.05 for 5%", "百分比写成小数，5% 写 0.05", ()),
    (r"write a digit before the point of a number, and names on both sides of the point of a name",
     "小数点之前写数字；名称里的点两边都写名称", ()),
    (r"write a list in \[ \]", "列表写在 [ ] 里", ()),
    (r"put a list into \[ \]", "列表写在 [ ] 里", ()),
    (r"use two actions with their own conditions instead of a choice inside one", "写成两步，各有各的条件", ()),
    (r"multiply instead", "改用乘法", ()),
    (r"split it over several actions, or move values into a table", "拆成几步，或把数值放进表里", ()),
    (r"close it with (.) on the same line; a backslash goes only before quote or backslash",
     "在同一行用 {0} 合上；反斜杠只能写在引号或反斜杠之前", (None,)),
    (r"close the '(.+)' of column (\d+) with '(.+)'", "用“{2}”合上第 {1} 个字符的“{0}”", (None, None, None)),
    (r"write a condition, such as amount <= 200", "写一个条件，如 amount <= 200", ()),
    (r"remove it, or open it earlier", "删除它，或在前面写上开头", ()),
    (r"join two conditions with && \(and\) or \|\| \(or\), and put text into quotes",
     "两个条件用 &&（且）或 ||（或）连接，文字放在引号里", ()),
    (r"write both, as in 0 < amount && amount < 200", "分开写，如 0 < amount && amount < 200", ()),
    (r"put what it denies into parentheses: (.+)", "把要否定的放在括号里：{0}", (None,)),
    (r"write has\(amount\) to ask if it is given", "问有没有填写，用 has(amount)", ()),
    (r"write amount == null or !has\(amount\) to ask whether a fact is not given",
     "问某项是否没有填写，用 amount == null 或 !has(amount)", ()),
    (r"write a fact, a number, a text in quotes or a function", "写事实、数字、引号里的文字，或函数", ()),
    (r"write now without parentheses", "now 后面不带括号", ()),
    (r"write ! before what is denied, as in (.+)", "在要否定的前面写 !，如 {0}", (None,)),
    (r"write a fact on the left of 'in' and a list on its right", "in 的左边写事实，右边写列表", ()),
    (r"write (.+) to compare", "比较要写 {0}", (None,)),
    (r"write (.) with the keyboard set to English", "切换到英文输入法写 {0}", (None,)),
    (r"write (?:for example )?(.+), or give the fact another name", "应写 {0}，或给事实换个名称", (None,)),
    (r"write (.+) alone, or use another name", "单写 {0}，或换个名称", (None,)),
    (r"write (.+) alone", "单写 {0}", (None,)),
    (r"write for example (.+)", "例如 {0}", (None,)),
    (r"use one of:? (.+)", "可用：{0}", (None,)),
    (r"what asks about other cases is a named query, (.+)", "问其他工单要用已有的查询：{0}", (
        lambda text: text.replace(" or ", "、"),)),
    (r"change the constants: this can never give an answer", "改掉这些固定的数：这样永远算不出来", ()),
    (r"write '?([^']+?)'?", "应写 {0}", (None,)),
    (r"remove it", "删除它", ()),
)  # fmt: skip
_PATTERNS: Final = tuple((re.compile(pattern, re.DOTALL), said, turns) for pattern, said, turns in _SAID)


def in_chinese(said: str) -> str:
    """A sentence about an expression; as it is where there is none for it."""
    for pattern, template, turns in _PATTERNS:
        found = pattern.fullmatch(said)
        if found is not None:
            parts = [turn(part) if turn else part for turn, part in zip(turns, found.groups(), strict=True)]
            return template.format(*parts)
    return said
