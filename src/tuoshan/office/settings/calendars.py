"""Working calendars: shifts of the week with their breaks, holidays and make-up days."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tuoshan import clock, punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars as stored
from tuoshan.cases.models import Calendar
from tuoshan.core.worktime import CalendarError, WorkCalendar, parse_shifts
from tuoshan.office.settings import calendar_use, recording
from tuoshan.office.settings.calendar_days import DaysWrong, read_days, write_days
from tuoshan.office.settings.moved_clocks import Moved, moved_by_calendar
from tuoshan.office.settings.recording import both
from tuoshan.parties.naming import in_language

WEEKDAYS = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"), gettext_lazy("周五"),
    gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip
TITLES = {
    "standard": gettext_lazy("标准工作时间"),
    "retail": gettext_lazy("门店营业时间"),
    "round_the_clock": gettext_lazy("全天"),
}
TITLE_FIELDS: Final = ("title_zh", "title_en")
HOURS: Final = 24


class WeekForm(forms.Form):
    """What it is called, the week, the holidays, and single days."""

    title_zh = forms.CharField(label=gettext_lazy("中文名称"), max_length=40)
    title_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    holidays = forms.BooleanField(
        label=gettext_lazy("按国家法定节假日放假、调休上班"), required=False,
        help_text=gettext_lazy("通知未公布的年份按暂定处理，时限会注明“暂定”"),
    )  # fmt: skip
    make_up = forms.CharField(
        label=gettext_lazy("调休上班日的班次"), max_length=120, required=False,
        help_text=gettext_lazy("留空则同周一"),
    )  # fmt: skip
    days = forms.CharField(
        label=gettext_lazy("个别日期"), required=False, max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("一行一天或一段：2027-02-06 休 春节；2027-02-14 班；2027-03-01 09:00-12:00 周年庆"),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("留空则立即生效；正在计时的时限照原来的日历算完"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, name: str, content: dict[str, Any]) -> None:
        weekly = [*content.get("weekly", ()), *[""] * 7][:7]
        start = {f"day{number}": weekly[number] for number in range(7)}
        start |= {name: content.get(name, "") for name in ("holidays", "make_up")}
        start["days"] = write_days(content)
        start |= titles_of(name, content)
        super().__init__(data, initial=start)
        self.content = content
        own = {
            f"day{number}": forms.CharField(
                label=title, required=False, max_length=120,
                widget=forms.TextInput(attrs={"placeholder": "09:00-12:00, 13:30-18:00", "inputmode": "text"}),
            )
            for number, title in enumerate(WEEKDAYS)
        }  # fmt: skip
        self.fields = {**own, **self.fields}

    @property
    def titles(self) -> list[forms.BoundField]:
        return [self[name] for name in TITLE_FIELDS]

    @property
    def week(self) -> list[forms.BoundField]:
        return [self[f"day{number}"] for number in range(7)]

    @property
    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in ("holidays", "make_up", "days", "valid_from")]

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        for name in (*(f"day{number}" for number in range(7)), "make_up"):
            try:
                parse_shifts(str(values.get(name, "")))
            except CalendarError:
                self.add_error(name, _("请写成 09:00-12:00, 13:30-18:00，先后排列、互不重叠；休息日留空。"))
        if not any(values.get(f"day{number}") for number in range(7)):
            self.add_error(None, _("一周里至少要有一天上班，否则任何时限都算不出来。"))
        try:
            self.read = read_days(str(values.get("days", "")), _make_up(values))
        except DaysWrong as error:
            self.add_error("days", str(error))
        return values

    def made(self) -> dict[str, Any]:
        """The content to store. Only for a valid form."""
        values = self.cleaned_data
        return {
            **{name: values[name] for name in TITLE_FIELDS},
            "weekly": [values[f"day{number}"].strip() for number in range(7)], "holidays": values["holidays"],
            "make_up": values["make_up"].strip(), "days": self.read.worked, "names": self.read.names,
            "official_years": self.content.get("official_years", []),
        }  # fmt: skip


KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
OFFICE_HOURS: Final[dict[str, Any]] = {"weekly": [*["09:00-12:00, 13:30-18:00"] * 5, "", ""], "holidays": True}


class NewForm(WeekForm):
    """A calendar that is not there yet: what playbooks call it, and all that a calendar has."""

    key = forms.CharField(
        label=gettext_lazy("在流程文件里的名称"), max_length=40,
        help_text=gettext_lazy("小写字母、数字和下划线，例如 store_hours；流程文件写 calendar: store_hours 就按它计时"),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, name="", content=dict(OFFICE_HOURS))
        self.fields = {"key": self.fields["key"], **self.fields}
        del self.fields["valid_from"]

    @property
    def titles(self) -> list[forms.BoundField]:
        return [self["key"], *super().titles]

    @property
    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in ("holidays", "make_up", "days")]

    def clean_key(self) -> str:
        name = str(self.cleaned_data["key"]).strip()
        if not KEY.fullmatch(name) or name == "new":
            raise forms.ValidationError(_("只用小写字母、数字和下划线，以字母开头，至少两个字。"))
        if name in calendar_use.names():
            raise forms.ValidationError(_("已经有叫这个名称的日历。"))
        return name


class NoticeForm(forms.Form):
    """A year's notice of the holidays, pasted."""

    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=2000, max_value=2100)
    notice = forms.CharField(
        label=gettext_lazy("放假和调休的日期"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "一行一天或一段，也可以粘贴表格：2027-01-01~2027-01-03 休 元旦；2027-02-14 班。装入后这一年不再是暂定"
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, content: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        try:
            hours = _make_up(self.content | {"day0": _monday(self.content)})
            self.read = read_days(str(values.get("notice", "")), hours)
        except DaysWrong as error:
            self.add_error("notice", str(error))
            return values
        year = values.get("year")
        strange = [day for day in self.read.worked if year and not _belongs(day, year)]
        if strange:
            self.add_error("notice", _("%(day)s 不属于这一年的通知。") % {"day": strange[0]})
        if not self.read.worked and not self.errors:
            self.add_error("notice", _("没有读到任何日期。"))
        return values

    def made(self) -> dict[str, Any]:
        """The stored content with the year's days put in. Only for a valid form."""
        year = int(self.cleaned_data["year"])
        days = {day: hours for day, hours in self.content.get("days", {}).items() if not day.startswith(f"{year}-")}
        years = sorted({*self.content.get("official_years", []), year})
        return self.content | {
            "days": {**days, **self.read.worked}, "official_years": years,
            "names": {**self.content.get("names", {}), **self.read.names},
        }  # fmt: skip


def _belongs(day: str, year: int) -> bool:
    """A notice names days of its year, and at times the last days of the December before."""
    return day.startswith(f"{year}-") or (day >= f"{year - 1}-12-25" and day < f"{year}-01-01")


def _monday(content: dict[str, Any]) -> str:
    return next(iter(content.get("weekly", ())), "")


def _make_up(values: dict[str, Any]) -> str:
    return str(values.get("make_up") or values.get("day0") or "09:00-18:00")


@dataclass(frozen=True, slots=True)
class Summary:
    """A calendar in the list."""

    name: str
    title: str
    version: str
    week: list[tuple[str, str]]
    official: str
    provisional_years: list[int]
    playbooks: list[str]
    uses: list[str]
    preview: str
    may_go: bool


def title_of(name: str) -> str:
    """What a calendar is called: as the company calls it, else as it was shipped; the name in playbooks where nobody
    has called it anything.
    """
    titles = titles_of(name, _stored_content(name))
    return in_language(titles["title_zh"], titles["title_en"]) or name


def titles_of(name: str, content: dict[str, Any]) -> dict[str, str]:
    """Its title in Chinese and English: the one stored with it, else the one that it is shipped with."""
    if content.get("title_zh"):
        return {field: str(content.get(field, "")) for field in TITLE_FIELDS}
    return dict(zip(TITLE_FIELDS, both(lambda: str(TITLES.get(name, ""))), strict=True))


def content_of(name: str, now: datetime) -> dict[str, Any]:
    """The stored form of the newest version, else that of the calendar shipped under this name."""
    found = _stored_content(name)
    if found:
        return found
    made = stored.calendar(name, now)
    return {
        "weekly": [_shifts_text(shifts) for shifts in made.weekly], "holidays": made.official_years is not None,
        "make_up": "", "days": {},
    }  # fmt: skip


def _stored_content(name: str) -> dict[str, Any]:
    """That of the newest version; empty where the company has set none."""
    row = Calendar.objects.filter(name=name).order_by("-version").first()
    return dict(json.loads(row.content)) if row is not None else {}


def _shifts_text(shifts: Any) -> str:
    return ", ".join(f"{start:%H:%M}-{end:%H:%M}".replace("-00:00", "-24:00") for start, end in shifts)


def preview_text(made: WorkCalendar, now: datetime) -> str:
    """When so many working hours from now are over."""
    found = made.add_work(now, timedelta(hours=HOURS))
    end = timezone.localtime(found.at).strftime("%Y-%m-%d %H:%M")
    text = _("从现在起 %(hours)d 个工作小时，到 %(end)s") % {"hours": HOURS, "end": end}
    return text + (_("（暂定）") if found.provisional else "")


def summary(name: str, now: datetime) -> Summary:
    """How a calendar stands now."""
    made = stored.calendar(name, now)
    years = sorted(made.official_years) if made.official_years is not None else []
    this_year = made.local_day(now).year
    books = calendar_use.books_on(name)
    return Summary(
        name, title_of(name), made.version, _week_of(made), f"{years[0]}–{years[-1]}" if years else "",
        [year for year in (this_year, this_year + 1) if made.official_years is not None and year not in years],
        [book.title.in_language(get_language() or "zh") for book in books], calendar_use.uses(name),
        preview_text(made, now), calendar_use.may_go(name),
    )  # fmt: skip


def _week_of(made: WorkCalendar) -> list[tuple[str, str]]:
    """Neighbouring weekdays with the same hours as one."""
    found: list[tuple[str, str]] = []
    start = 0
    for number in range(1, 8):
        if number == 7 or made.weekly[number] != made.weekly[start]:
            days = str(WEEKDAYS[start]) + (f"–{WEEKDAYS[number - 1]}" if number - 1 > start else "")
            found.append((days, _shifts_text(made.weekly[start]) or _("休息")))
            start = number
    return found


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _as_read(name: str, content: dict[str, Any]) -> dict[str, str]:
    read = titles_of(name, content)
    read |= {f"day{number}": hours or _("休息") for number, hours in enumerate(content.get("weekly", ()))}
    read["holidays"] = "✓" if content.get("holidays", True) else "✗"
    read["make_up"] = str(content.get("make_up", ""))
    lines = write_days(content).splitlines()
    count = _("%(number)d 天") % {"number": len(lines)}
    read["days"] = punctuation.titled(count, punctuation.in_turn(lines[:40])) if lines else count
    read["official_years"] = punctuation.listed(content.get("official_years", []))
    return read


def _labels() -> dict[str, str]:
    known = {f"day{number}": str(title) for number, title in enumerate(WEEKDAYS)}
    return known | {
        "title_zh": _("中文名称"), "title_en": _("英文名称"),
        "holidays": _("法定节假日"), "make_up": _("调休上班日的班次"), "days": _("个别日期"),
        "official_years": _("已装入通知的年份"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """What a changed calendar would do: a worked example, the clocks that it would move, how many were not looked at.
    """

    preview: str
    moved: list[Moved]
    more: int


def tried(name: str, form: WeekForm | NoticeForm) -> Trial:
    """Try a valid form without storing it. Raises CalendarError where no time can be worked out."""
    made = stored.compile_calendar(name, 0, form.made())
    preview = preview_text(made, clock.now())
    moved, more = moved_by_calendar(name, made)
    return Trial(preview, moved, more)


def store(request: HttpRequest, name: str, form: WeekForm | NoticeForm) -> datetime:
    """Keep a valid form as a new version; from when it counts. Raises CalendarError where no time can be worked out."""
    now = clock.now()
    content = form.made()
    preview_text(stored.compile_calendar(name, 0, content), now)
    start = form.cleaned_data.get("valid_from")
    valid_from = max(now, midnight(start)) if start else now
    old = content_of(name, now)
    with write_transaction():
        stored.set_calendar(name=name, content=content, valid_from=valid_from, person_id=request.user.pk)
        recording.record(
            request, "calendars", name, both(lambda: title_of(name)), before=both(lambda: _as_read(name, old)),
            after=both(lambda: _as_read(name, content)), labels=both(_labels), action="changed",
        )  # fmt: skip
    stored.forget()
    return valid_from


def make(request: HttpRequest, form: NewForm) -> Calendar:
    """Keep a valid form as the first version of a new calendar. Raises CalendarError where no time can be
    worked out.
    """
    now, name, content = clock.now(), str(form.cleaned_data["key"]), form.made()
    preview_text(stored.compile_calendar(name, 0, content), now)
    with write_transaction():
        row = stored.set_calendar(name=name, content=content, valid_from=now, person_id=request.user.pk)
        recording.record(
            request, "calendars", name, both(lambda: title_of(name)), after=both(lambda: _as_read(name, content)),
            labels=both(_labels),
        )  # fmt: skip
    stored.forget()
    return row


def why_it_stays(name: str) -> str:
    """What is said where a calendar cannot be taken away."""
    return _("“%(title)s”还在使用，或是系统自带的，不能删除。") % {"title": title_of(name)}


def remove(request: HttpRequest, name: str) -> bool:
    """Take a calendar away with all its versions, unless something uses it; whether it went."""
    with write_transaction():
        if not calendar_use.may_go(name):
            return False
        content = content_of(name, clock.now())
        recording.record(
            request, "calendars", name, both(lambda: title_of(name)), before=both(lambda: _as_read(name, content)),
            labels=both(_labels),
        )  # fmt: skip
        Calendar.objects.filter(name=name).delete()
    stored.forget()
    return True
