"""Template tags of the design system; loaded in every template."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, widgets
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tuoshan import clock, punctuation
from tuoshan.markup import filled

register = template.Library()
for put_together in (punctuation.listed, punctuation.in_turn, punctuation.titled, punctuation.in_brackets):
    register.filter(put_together.__name__, put_together)


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, size: str = "", css: str = "") -> SafeString:
    """A line icon of the sprite, hidden from screen readers; `size="s"` small, `size="l"` large."""
    size_class = {"s": " ic-s", "l": " ic-l"}.get(size, "")
    return filled(
        '<svg class="ic{}{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size_class, f" {css}" if css else "", static("tuoshan/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def rail_item(item: dict[str, Any]) -> SafeString:
    """A line of the navigation with its count. Written here and not as a template: every page holds two dozen."""
    known = item["icon"]
    count = ""
    if item["count"]:
        count = filled('<span class="{}">{}</span>', "chip c-late num" if item["alarm"] else "num", item["count"])
    return filled(
        '<li><a class="nav-i" href="{}" data-command="{}"{}{}>{}<span class="truncate">{}</span>{}</a></li>',
        item["href"], item["title"], filled(' data-icon="{}"', known) if known else "",
        _CURRENT if item["current"] else "", icon(known or "dot"), item["title"], count,
    )  # fmt: skip


_CURRENT = mark_safe(' aria-current="page"')


def duration_text(seconds: float) -> str:
    """A length of time in at most two units: `3 天`, `1 天 3 小时`, `2 小时 14 分`, `48 分`."""
    minutes = max(int(abs(seconds)) // 60, 1)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days >= 2 or (days and not hours):
        return _("%(days)d 天") % {"days": days}
    if days:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    if hours and minutes:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)d 小时") % {"hours": hours}
    return _("%(minutes)d 分") % {"minutes": minutes}


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them."""
    return "" if seconds is None else duration_text(seconds)


_LOOKS: dict[str, tuple[str, str, Any]] = {
    "ok": ("c-ok", "clock", gettext_lazy("时限正常：")),
    "warn": ("c-warn", "clock", gettext_lazy("即将到期：")),
    "late": ("c-late", "alert", gettext_lazy("已超时：")),
    "paused": ("c-paused", "pause", gettext_lazy("已暂停：")),
    "provisional": ("c-prov", "question", gettext_lazy("暂定：")),
    "done": ("c-ok", "check", gettext_lazy("已完成：")),
    "plain": ("c-plain", "clock", ""),
}


@register.simple_tag
def clock_chip(
    due: datetime | None = None,
    warn_at: datetime | None = None,
    paused: str = "",
    provisional: bool = False,
    done: str = "",
    late: bool = False,
    text: str = "",
    explained: Sequence[str] = (),
) -> SafeString:
    """A clock's chip. `paused`: what it waits for; `done`: how it was kept; `text` replaces the countdown;
    `explained`: its arithmetic, shown with the moment it is due while the pointer rests on it.

    Written here and not as a template: a list holds fifty.
    """
    now = clock.now()
    live = False
    if done:
        state, shown = ("late" if late else "done"), done
    elif paused:
        state, shown = "paused", paused
    elif due is None:
        state, shown = "plain", text or _("无时限")
    elif provisional:
        state, shown = "provisional", text
    else:
        overdue = due < now
        state = "late" if overdue else "warn" if warn_at is not None and warn_at <= now else "ok"
        left = duration_text((due - now).total_seconds())
        shown = text or (_("超时 %(time)s") % {"time": left} if overdue else left)
        live = not text
    look = look_of(state)
    moments = ""
    if due is not None:
        at = timezone.localtime(due)
        if live:
            moments = filled(' data-due="{}"', at.isoformat())
            if warn_at is not None:
                moments += filled(' data-warn-at="{}"', timezone.localtime(warn_at).isoformat())
        explained = (f"{at:%Y-%m-%d %H:%M}", *explained)
    if explained:
        moments += filled(' title="{}"', "\n".join(explained))
    spoken = filled('<span class="sr">{}</span>', look["spoken"]) if look["spoken"] else ""
    return filled(
        '<span class="chip {}" data-state="{}"{}>{}{}<span data-text>{}</span></span>',
        look["css"], state, moments, icon(look["symbol"], "s"), spoken, shown,
    )  # fmt: skip


def look_of(state: str) -> dict[str, str]:
    """Colour, icon and spoken prefix of a clock's state."""
    css, symbol, spoken = _LOOKS[state]
    return {"css": css, "symbol": symbol, "spoken": str(spoken)}


@register.simple_tag
def grade(value: str) -> SafeString:
    """A case's grade: normal, important or urgent (or the numbers 1 to 3)."""
    return _grade(str(value), get_language() or "")


@lru_cache(maxsize=64)
def _grade(value: str, _language: str) -> SafeString:
    level = {"normal": 1, "important": 2, "urgent": 3, "1": 1, "2": 2, "3": 3}.get(value, 0)
    css, name = _GRADES[level]
    return filled('<span class="grade {}">{}{}</span>', css, _BARS[level], name)


_GRADES = [
    ("g-low", pgettext_lazy("grade", "未定")), ("g-low", pgettext_lazy("grade", "一般")),
    ("g-mid", pgettext_lazy("grade", "重要")), ("g-urgent", pgettext_lazy("grade", "紧急")),
]  # fmt: skip


def _bars(level: int) -> SafeString:
    off = ["" if level > number else mark_safe(' class="off"') for number in range(3)]
    return filled(
        '<svg class="bars" viewBox="0 0 12 12" aria-hidden="true">'
        '<rect x="0.5" y="7.5" width="3" height="3.5" rx=".8"{}/>'
        '<rect x="4.5" y="4.5" width="3" height="6.5" rx=".8"{}/>'
        '<rect x="8.5" y="1.5" width="3" height="9.5" rx=".8"{}/></svg>',
        *off,
    )


_BARS = [_bars(level) for level in range(4)]
"""Three bars, as many of them full as the grade is high."""


_CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxInput, "checkbox checkbox-sm"),
    (widgets.CheckboxSelectMultiple, "checkbox checkbox-sm"),
    (widgets.RadioSelect, "radio radio-sm"),
    (widgets.SelectMultiple, "select w-full h-auto"),
    (widgets.Select, "select w-full"),
    (widgets.Textarea, "textarea w-full"),
    (widgets.FileInput, "sr"),
    (widgets.Input, "input w-full"),
)


@register.filter
def kind_of(field: BoundField) -> str:
    """How a field is laid out: check, choices, file, area, split, hidden or line."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, widgets.FileInput):
        return "file"
    if isinstance(widget, widgets.Textarea):
        return "area"
    return "split" if isinstance(widget, widgets.MultiWidget) else "line"


@register.filter
def control(field: BoundField) -> SafeString:
    """A field's own input with the classes of the design system and its help and error tied to it."""
    widget = field.field.widget
    base = next((css for kind, css in _CLASSES if isinstance(widget, kind)), "input w-full")
    attrs: dict[str, Any] = {"class": f"{base} {widget.attrs.get('class', '')}".strip()}
    described = [f"{field.auto_id}_error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.auto_id}_help")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    if isinstance(widget, widgets.FileInput):
        attrs |= {"data-upload": "", "data-list": f"{field.auto_id}_list"}
    if isinstance(widget, widgets.MultiWidget):
        for part in widget.widgets:
            part.attrs.setdefault("class", next((css for kind, css in _CLASSES if isinstance(part, kind)), "input"))
        attrs.pop("class")
    return field.as_widget(attrs=attrs)


@register.simple_tag
def still(template_name: str) -> SafeString:
    """A part of the page that is the same for everybody, rendered once for each language."""
    language = get_language() or ""
    return _still.__wrapped__(template_name, language) if settings.DEBUG else _still(template_name, language)


@lru_cache(maxsize=32)
def _still(template_name: str, language: str) -> SafeString:
    return render_to_string(template_name)


@register.simple_tag
def page_wording() -> SafeString:
    """The sentences that scripts say, as a data block that a content security policy lets through."""
    return _page_wording(get_language() or "")


@lru_cache(maxsize=8)
def _page_wording(language: str) -> SafeString:
    return json_script(
        {
            "close": _("关闭"),
            "comma": _("、"),
            "theme_light": _("切换到浅色"),
            "theme_dark": _("切换到深色"),
            "days": _("{days} 天"),
            "days_hours": _("{days} 天 {hours} 小时"),
            "hours_minutes": _("{hours} 小时 {minutes} 分"),
            "hours": _("{hours} 小时"),
            "minutes": _("{minutes} 分"),
            "late": _("超时 {time}"),
            "ago": _("{time}前"),
            "just_now": _("刚刚"),
            "spoken_ok": _("时限正常："),
            "spoken_warn": _("即将到期："),
            "spoken_late": _("已超时："),
            "copied": _("已复制"),
            "draft_restored": _("已恢复 {time} 未提交的内容。"),
            "draft_restored_of": _("已恢复 {time} 未提交的内容，电话 {who}。"),
            "draft_open_again": _("您填写的文字已保存在这台设备上，重新打开工单后会恢复。"),
            "draft_discard": _("清空重填"),
            "file_too_large": _("“{name}”超过 {limit} MB，没有加入。"),
            "too_many_files": _("最多 {limit} 个文件，其余没有加入。"),
            "picked_photo": _("已选照片 {name}"),
            "remove_file": _("移除 {name}"),
            "sign_in": _("重新登录"),
            "signed_out": _("登录已过期。填写的内容已保存在本机，登录后会恢复。"),
            "not_allowed": _("您没有权限做这一步。"),
            "not_found": _("找不到这项内容，可能已被合并或移走。"),
            "too_large": _("上传的内容太大，没有保存。"),
            "too_often": _("操作太频繁，请稍后再试。"),
            "server_failed": _("服务器出错，这一步没有完成。填写的内容还在，请重试。"),
            "no_connection": _("网络不通，这一步没有送达。填写的内容还在，请重试。"),
            "also_here": _("{names} 也在看"),
            "stale": _("这张工单刚刚有变化。"),
        },
        "wording",
    )
