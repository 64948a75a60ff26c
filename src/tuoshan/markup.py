"""HTML put together by hand where a page holds dozens of the same small thing."""

from html import escape
from typing import Any

from django.utils.safestring import SafeString


def filled(form: str, *values: Any) -> SafeString:
    """`form` with the values in its places, each escaped unless it is safe already: as Django's `format_html` does
    it, at a tenth of the time, for values whose kind is plain when they come here."""
    return SafeString(form.format(*[v if isinstance(v, SafeString) else escape(str(v)) for v in values]))
