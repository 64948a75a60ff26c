"""Rows of lists, and small words of the case page."""

import re
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tuoshan.cases.models import Case
from tuoshan.markup import filled
from tuoshan.templatetags.design import clock_chip, grade, icon
from tuoshan.workbench.addresses import address
from tuoshan.workbench.cards import Card, graded

register = template.Library()


@register.simple_tag
def grade_of(case: Case) -> SafeString:
    """The grade of a case; nothing where its process gives none."""
    return grade(case.grade) if graded(case) else SafeString("")


@register.simple_tag
def case_card(row: Card, pane: dict[str, Any]) -> SafeString:
    """A case as a row of the list `pane`. Written here and not as a template: a list holds forty."""
    case = row.case
    made = timezone.localtime(case.created_at)
    return filled(
        '<li class="relative">{}<a class="row" href="{}?queue={}"{}>\n'
        '<span class="flex flex-wrap items-center gap-x-1.5 gap-y-0.5 mb-1">{}'
        '<span class="num text-xs text-muted whitespace-nowrap">{}</span><span class="ml-auto">{}</span></span>\n'
        '<span class="line-clamp-2 text-base{}">{}</span>\n'
        '<span class="flex gap-2 mt-0.5 text-xs text-muted">{}<span class="shrink-0">{}</span>'
        '<span class="truncate">{}{}</span>'
        '<time class="ml-auto shrink-0" data-ago datetime="{}">{}</time></span>\n</a></li>\n',
        _pick(case.number) if pane.get("bulk") else "", address("workbench:case", case.number), pane["back"],
        _CURRENT if case.pk == pane["current"] else "", grade_of(case), case.number,
        _chip(row),
        " font-semibold" if row.unread else "", case.title, _unread() if row.unread else "",
        row.customer or row.state, row.state if row.customer else "", f" {row.product}" if row.product else "",
        made.isoformat(), f"{made:%m-%d %H:%M}",
    )  # fmt: skip


_CURRENT = mark_safe(' aria-current="true"')


def _pick(number: str) -> SafeString:
    return filled(
        '<input type="checkbox" class="checkbox checkbox-xs absolute! left-3 top-2.5 z-10" data-pick name="case" '
        'value="{}" aria-label="{}">',
        number, _("选中 %(number)s") % {"number": number},
    )  # fmt: skip


def _chip(row: Card) -> SafeString:
    """How the case stands: its clock, or that it is held, or the state in which it ended."""
    if row.case.ended:
        return filled('<span class="chip c-plain">{}</span>', row.state)
    if row.case.held:
        return clock_chip(paused=_("已中止"))
    return clock_chip(due=row.due, warn_at=row.warn_at, paused=row.paused)


def _unread() -> SafeString:
    return filled('<span class="replied">{}{}</span>', icon("chat", "s"), _("客户有新回复"))

_MENTION = re.compile(r"(?<![\w.])[@＠][\w.+-]{1,30}")


@register.filter
def paused_text(standing: str) -> str:
    """What a chip says of a clock that stands still; empty while it runs."""
    return {"paused": _("暂停计时"), "held": _("已中止")}.get(standing, "")


@register.filter
def mentions(text: str) -> SafeString:
    """A note's text, escaped, with the names behind `@` set off."""
    safe = conditional_escape(text)
    return mark_safe(_MENTION.sub(lambda found: f'<b class="text-primary">{found[0]}</b>', safe))  # noqa: S308
