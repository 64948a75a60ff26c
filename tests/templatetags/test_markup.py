"""HTML put together by hand lets nothing through that a template would not."""

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from tuoshan.markup import filled
from tuoshan.templatetags.design import rail_item


def test_what_people_wrote_is_escaped_as_django_escapes_it() -> None:
    for value in ('<script>"x"</script>', "a & b's", 7, None, gettext_lazy("通知"), mark_safe("<b>1</b>"), "{0}{}"):
        assert filled("<i>{}</i>", value) == format_html("<i>{}</i>", value)


def test_the_name_of_a_kept_filter_cannot_leave_its_place_in_the_navigation() -> None:
    item = {"href": "/queue/filter-1", "title": '"><script>', "icon": "", "count": "<3", "alarm": True, "current": True}
    shown = str(rail_item(item))
    assert "<script>" not in shown and "&lt;3" in shown and 'aria-current="page"' in shown
