"""Why a deadline falls due when it does: steps that add up, and plain sentences made from them.

Every step that moves the moment carries `microseconds`; the `at` of `started` plus the sum of all
`microseconds` is the `at` of `due`, exactly. Steps without `microseconds` say what was passed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from tuoshan.core.worktime import WorkCalendar

Language = Literal["zh", "en"]
Parameter = str | int

_MICROSECOND = timedelta(microseconds=1)

UNIT_WORDS: Mapping[str, tuple[str, str]] = {
    "seconds": ("秒", "second"),
    "minutes": ("分钟", "minute"),
    "hours": ("小时", "hour"),
    "days": ("天", "day"),
    "calendar_days": ("个自然日", "calendar day"),
    "working_days": ("个工作日", "working day"),
    "working_hours": ("个工作小时", "working hour"),
    "working_minutes": ("分钟工作时间", "working minute"),
    "working_seconds": ("秒工作时间", "working second"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: a code and what it speaks of.

    Moments are ISO 8601 texts in UTC, days ISO dates, amounts of time whole microseconds, so that a step
    is JSON as it stands. Codes: started, adds, skips_holiday, skips_rest_days, counts_make_up_day,
    outside_hours, paused, rounds_up, moves_to_working_day, provisional, due.
    """

    code: str
    parameters: Mapping[str, Parameter]

    @property
    def microseconds(self) -> int:
        """By how much wall time this step moves the moment; 0 for a remark."""
        return int(self.parameters.get("microseconds", 0))

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "parameters": dict(self.parameters)}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        parameters = data["parameters"]
        if not isinstance(parameters, Mapping):
            raise ValueError("A step needs its parameters.")
        return cls(str(data["code"]), dict(parameters))


class Trail:
    """Collects the steps of one computation; a silent one costs next to nothing."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent
        self.steps: list[Step] = []

    def add(self, code: str, moved: timedelta | None = None, **values: Parameter | datetime | date) -> None:
        if self.silent:
            return
        parameters: dict[str, Parameter] = {} if moved is None else {"microseconds": moved // _MICROSECOND}
        for key, value in values.items():
            if isinstance(value, datetime):
                value = value.astimezone(UTC)
            parameters[key.rstrip("_")] = value.isoformat() if isinstance(value, date) else value
        self.steps.append(Step(code, parameters))

    def pause(
        self, pause: tuple[datetime, datetime], moved: timedelta, counted: timedelta, in_time: bool
    ) -> None:
        self.add(
            "paused", moved, from_=pause[0], to=pause[1],
            counted_microseconds=counted // _MICROSECOND, in_time=int(in_time),
        )  # fmt: skip

    def days_passed(self, calendar: WorkCalendar, first: date, last: date, *, make_up: bool = True) -> None:
        """Name the rest days and the make-up workdays from first to last, both included."""
        if self.silent:
            return
        rest, run = 0, (date.min, date.min, "", "")
        day = first
        while day <= last + timedelta(days=1):
            override = calendar.overrides.get(day)
            names = (override.name_zh, override.name_en) if override else ("", "")
            if calendar.is_guessed_holiday(day):
                names = ("预计的法定节假日", "an expected public holiday")
            off = day <= last and not calendar.is_working_day(day)
            named = off and bool(names[0] or names[1])
            if run[2] or run[3]:
                if named and names == run[2:]:
                    run = (run[0], day, *names)
                else:
                    self._holiday(run)
                    run = (date.min, date.min, "", "")
            if named and not (run[2] or run[3]):
                run = (day, day, *names)
            elif off and not named:
                rest += 1
            elif make_up and override and override.shifts and day <= last:
                self.add("counts_make_up_day", day=day, name_zh=names[0], name_en=names[1])
            day += timedelta(days=1)
        if rest:
            self.add("skips_rest_days", days=rest)

    def _holiday(self, run: tuple[date, date, str, str]) -> None:
        first, last, name_zh, name_en = run
        days = (last - first).days + 1
        self.add("skips_holiday", from_day=first, to_day=last, days=days, name_zh=name_zh, name_en=name_en)


def amount_in_words(amount: str, unit: str, language: Language) -> str:
    """`5`, `working_days` → `5 个工作日` or `5 working days`."""
    chinese, english = UNIT_WORDS[unit]
    if language == "zh":
        return f"{amount} {chinese}"
    return f"{amount} {english}" if amount == "1" else f"{amount} {english}s"


def length_in_words(microseconds: int, language: Language) -> str:
    """A stretch of time as people say it: to the nearest minute, below a minute in whole seconds; what is zero is
    left out. Exact to the microsecond are the steps, not their sentences.
    """
    sign = "-" if microseconds < 0 else ""
    seconds = _nearest(abs(microseconds), 1_000_000)
    if seconds >= 60:
        seconds = 60 * _nearest(abs(microseconds), 60_000_000)
    if not seconds:
        return "不到 1 秒" if language == "zh" else "less than a second"
    parts: list[str] = []
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(amount_in_words(str(count), unit, language))
    if seconds:
        parts.append(amount_in_words(str(seconds), "seconds", language))
    return sign + " ".join(parts)


def _nearest(microseconds: int, unit: int) -> int:
    """How many whole units, a half counted up."""
    return (microseconds + unit // 2) // unit


_SENTENCES: Mapping[str, tuple[str, str]] = {
    "started": ("自 {at} 起算。", "Runs from {at}."),
    "adds": ("加 {duration}，到 {reached}。", "Adds {duration}: {reached}."),
    "skips_holiday": (
        "跳过{name}：{from_day} 至 {to_day}，{days} 天。",
        "Passes over {name}: {from_day} to {to_day}, {days_en}.",
    ),
    "skips_one_holiday": ("跳过{name}：{from_day}。", "Passes over {name}: {from_day}."),
    "skips_rest_days": ("跳过休息日 {days} 天。", "Passes over {days_en} of rest."),
    "counts_make_up_day": ("{day} 调休上班（{name}），计入。", "Counts {day}, a make-up workday ({name})."),
    "outside_hours": ("工作时间以外的 {length}不计。", "Leaves out {length} outside working hours."),
    "paused": (
        "{from} 至 {to} 暂停，补回 {counted}。",
        "Paused from {from} to {to}: gives back {counted}.",
    ),
    "paused_after": (
        "{from} 至 {to} 的暂停在到期之后，不计。",
        "The pause from {from} to {to} came after the due moment and does not count.",
    ),
    "rounds_up_close": ("顺延到当日下班 {reached}。", "Ends with the working day: {reached}."),
    "rounds_up_midnight": ("顺延到当日 24:00（{reached}）。", "Ends with the day at 24:00: {reached}."),
    "moves_to_working_day": (
        "{from_day} 不是工作日，顺延到 {to_day}。",
        "{from_day} is no working day; moves to {to_day}.",
    ),
    "provisional": (
        "{years} 年的放假安排尚未公布，此时间为暂定。",
        "The holidays of {years} are not published yet, so this time is provisional.",
    ),
    "due": ("{at} 到期。", "Due at {at}."),
}


def _moment(text: str, zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(text).astimezone(zone)
    return at.strftime("%Y-%m-%d %H:%M:%S") if at.second or at.microsecond else at.strftime("%Y-%m-%d %H:%M")


def _midnight_as_24(text: str, zone: ZoneInfo) -> str:
    before = datetime.fromisoformat(text).astimezone(zone) - timedelta(microseconds=1)
    return f"{before:%Y-%m-%d} 24:00"


def _sentence(step: Step, zone: ZoneInfo, language: Language) -> str:
    p = step.parameters
    values: dict[str, str] = {key: str(value) for key, value in p.items()}
    for key in ("at", "from", "to", "reached"):
        if key in values:
            shown = _midnight_as_24 if p.get("ends_day") and key in ("at", "reached") else _moment
            values[key] = shown(values[key], zone)
    for key in ("from_day", "to_day", "day"):
        if key in values:
            values[key] = date.fromisoformat(values[key]).isoformat()
    values["name"] = str(p.get(f"name_{language}", ""))
    values["length"] = length_in_words(step.microseconds, language)
    values["counted"] = length_in_words(int(p.get("counted_microseconds", 0)), language)
    values["days_en"] = amount_in_words(values.get("days", "0"), "days", "en")
    if step.code == "adds":
        values["duration"] = amount_in_words(str(p["amount"]), str(p["unit"]), language)
    code = step.code
    if code == "paused" and not p.get("in_time"):
        code = "paused_after"
    elif code == "skips_holiday" and values["days"] == "1":
        code = "skips_one_holiday"
    elif code == "rounds_up":
        code = "rounds_up_midnight" if p.get("ends_day") else "rounds_up_close"
    return _SENTENCES[code][language == "en"].format_map(values)


def explain(steps: Iterable[Step], language: Language = "zh") -> list[str]:
    """The steps as plain sentences, one each, in the local time of the calendar that was used."""
    sentences: list[str] = []
    zone = ZoneInfo("UTC")
    for step in steps:
        if "timezone" in step.parameters:
            zone = ZoneInfo(str(step.parameters["timezone"]))
        sentences.append(_sentence(step, zone, language))
    return sentences
