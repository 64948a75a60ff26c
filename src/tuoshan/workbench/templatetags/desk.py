"""Small words of the case page."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

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
