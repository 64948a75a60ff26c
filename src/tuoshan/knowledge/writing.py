"""What one of ours writes to a customer: its `{variables}` are filled in before it is sent, and what has no words for
them is refused. The customer's own links are put in when the message leaves; whoever has one can act in their name.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.knowledge import links, wording
from tuoshan.knowledge.case_values import MAY_BE_EMPTY, all_reply_variables, of_case, reply_variables


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its variables filled in, but for the links; `problems` say in words why it cannot be sent."""

    text: str
    problems: tuple[str, ...] = ()


def in_words(case: Any, text: str, *, me: Any, language: str) -> Written:
    """The text for a case, by whoever writes it (`me`, a person), its values in the customer's language."""
    names = wording.variables(text)
    if not names:
        return Written(text, tuple(stray_braces(text)))
    texts = of_case(case, me=me, for_staff=True)
    known = reply_variables(texts.playbook)
    values = texts.values(language, [name for name in names if name in known])
    said = {
        name: value for name in names
        if name in known and ((value := values.get(name, "")) or name in MAY_BE_EMPTY)
    }  # fmt: skip
    problems = stray_braces(text)
    elsewhere = all_reply_variables() if any(name not in known for name in names) else {}
    for name in names:
        if name not in known:
            problems.append(_of_another_process(name) if name in elsewhere else unknown(name))
        elif name not in said:
            problems.append(_("{%(name)s}（%(title)s）在这个工单里还没有内容，请直接写出来或删去。")
                            % {"name": name, "title": known[name]})  # fmt: skip
    return Written(wording.fill_known(text, said), tuple(problems))


def unknown(name: str) -> str:
    """Why a text with this variable is refused."""
    return _("没有变量 {%(what)s}。") % {"what": name}


def stray_braces(text: str) -> list[str]:
    """Why a text whose braces hold no variable is refused; nothing where there are none."""
    return [_("大括号要成对，里面只写变量名：%(part)s") % {"part": part} for part in wording.malformed(text)[:1]]


def _of_another_process(name: str) -> str:
    return _("这个工单的流程里没有变量 {%(name)s}。") % {"name": name}


def with_links(case: Any, text: str) -> str:
    """The text as it leaves, with the customer's links; whoever is shown it can act in their name."""
    wanted = links.VARIABLES.intersection(wording.variables(text))
    return wording.put(text, of_case(case).values("zh-hans", wanted)) if wanted else text
