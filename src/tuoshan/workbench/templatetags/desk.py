"""Small words of the case page."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def paused_text(standing: str) -> str:
    """What a chip says of a clock that stands still; empty while it runs."""
    return {"paused": _("暂停计时"), "held": _("已中止")}.get(standing, "")
