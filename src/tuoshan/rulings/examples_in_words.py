"""What an example of a rule book expected and what is ruled, in words instead of the names of the files."""

import re

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking import FAILS, REASON
from tuoshan.rulings.reading_aloud import NAMES

_WORDS = {
    "rights": Wording("现在算出可以", "now due"), "refused": Wording("现在算出不支持", "now not due"),
    "expected": Wording("例子要的是", "the example expects"), "nothing": Wording("什么也没有", "nothing"),
    "fee": Wording("收费", "fee"), "amount": Wording("金额", "amount"), "until": Wording("最晚", "until"),
    "freight": Wording("运费", "freight"), "risk": Wording("风险", "risk"), "proof": Wording("举证", "proof"),
    "period": Wording("期间", "period"), "extra": Wording("另付", "on top"), "deduct": Wording("扣减", "taken off"),
    "limit": Wording("上限", "limit"), "pays": Wording("费用", "cost"), "ends": Wording("到", "ends"),
    "begins": Wording("从", "begins"), "needs": Wording("须满足", "asks for"), "too": Wording("也在内", "too"),
    "None": Wording("没有", "none"), "no": Wording("没有", "no"), "from": Wording("由", "from"),
    "True": Wording("是", "yes"), "False": Wording("否", "no"), "asks": Wording("要问", "asks"),
    "provisional": Wording("暂定", "provisional"), "clauses": Wording("条款", "clauses"),
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]+")


def example_told(message: str, language: str) -> str:
    """The message of an example that fails, the names in it by what they are called."""
    prefix, reason = FAILS.in_language(language), REASON.in_language(language)
    if not message.startswith(prefix):
        return message
    line, sign, why = message.removeprefix(prefix).partition(reason)
    said = _NAME.sub(lambda found: _called(found[0], language), line)
    if not language.startswith("en"):
        for sign_of, chinese in (("; ", "；"), (", ", "、"), (": ", "："), (" ", "")):
            said = said.replace(sign_of, chinese)
    return f"{prefix}{said}{sign}{why}"


def _called(name: str, language: str) -> str:
    known = _WORDS.get(name) or next((names[name] for names in NAMES if name in names), None)
    return known.in_language(language) if known is not None else name
