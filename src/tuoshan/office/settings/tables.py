"""Company tables: times by grade, free limits, tiers of approval, the grade matrix, each version kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tuoshan import clock, punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars as stored
from tuoshan.cases.forms import words
from tuoshan.cases.models import Table
from tuoshan.core.durations import Duration, DurationError, parse_duration
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Playbook
from tuoshan.office.settings import recording, table_shapes
from tuoshan.office.settings.moved_clocks import Moved, moved_by_table
from tuoshan.office.settings.recording import both
from tuoshan.office.settings.table_shapes import Path, Shape
from tuoshan.parties.models import Person

UNITS = (
    ("minutes", gettext_lazy("分钟")), ("hours", gettext_lazy("小时")), ("days", gettext_lazy("天（24 小时）")),
    ("calendar_days", gettext_lazy("自然日")), ("working_days", gettext_lazy("工作日")),
    ("working_hours", gettext_lazy("工作小时")), ("working_minutes", gettext_lazy("工作分钟")),
)  # fmt: skip
SPARE_TIERS = 2


class DurationField(forms.MultiValueField):
    """An amount and a unit; gives the text that playbooks use, such as `3 working_days`."""

    def __init__(self, **kwargs: Any) -> None:
        number = forms.DecimalField(min_value=Decimal("0.01"), max_digits=8, decimal_places=2)
        fields = (number, forms.ChoiceField(choices=UNITS))
        super().__init__(fields, widget=DurationInput(), **kwargs)

    def compress(self, data_list: Any) -> str:
        if not data_list:
            return ""
        amount = number_text(Decimal(data_list[0]))
        try:
            return str(parse_duration(f"{amount} {data_list[1]}"))
        except DurationError:
            raise forms.ValidationError(_("自然日和工作日要写整数。")) from None


class DurationInput(forms.MultiWidget):
    """The two inputs of a length of time."""

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0", "aria-label": _("数量")})
        super().__init__([number, forms.Select(choices=UNITS, attrs={"aria-label": _("单位")})])

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, "working_days"]
        length = value if isinstance(value, Duration) else parse_duration(str(value))
        return [length.amount_text, length.unit]


class TableForm(forms.Form):
    """One table, one input a cell; tiers as rising amounts with who approves up to each."""

    def __init__(self, *args: Any, playbook: Playbook, shape: Shape, value: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.playbook, self.shape = playbook, shape
        self.paths: dict[str, Path] = {}
        if shape.kind == "tiers":
            self._tiers(value["tiers"])
        else:
            for cell, leaf in table_shapes.leaves(value):
                name = "cell-" + ("-".join(cell) or "value")
                self.paths[name] = cell
                self.fields[name] = self._field(leaf, table_shapes.label_of(shape, cell))
        self.fields["valid_from"] = forms.DateField(
            label=_("生效日期"), required=False, help_text=_("留空则立即生效"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )  # fmt: skip

    def _field(self, value: Any, label: str) -> forms.Field:
        match self.shape.kind:
            case "time":
                return DurationField(label=label, initial=value)
            case "choice":
                choices = table_shapes.key_choices(self.shape.target)
                return forms.ChoiceField(label=label, initial=value, choices=choices)
            case "number":
                places = 2 if self.shape.is_money else 4
                return forms.DecimalField(label=label, initial=value, min_value=0, max_digits=12, decimal_places=places)
        return forms.CharField(label=label, initial=value, max_length=120)

    def _tiers(self, tiers: list[list[Any]]) -> None:
        parties = [(name, words(party.title)) for name, party in self.playbook.parties.items()]
        bounded = [tier for tier in tiers if tier[0] not in ("more", "none")]
        last = next((tier[1] for tier in tiers if tier[0] in ("more", "none")), "")
        data_rows = [name for name in (self.data or {}) if name.startswith("limit-")]
        self.rows = max(len(bounded) + SPARE_TIERS, len(data_rows))
        for number in range(self.rows):
            limit, party = bounded[number] if number < len(bounded) else (None, "")
            self.fields[f"limit-{number}"] = forms.DecimalField(
                label=_("不超过"), initial=limit, required=False, min_value=0, max_digits=12, decimal_places=2
            )
            self.fields[f"party-{number}"] = forms.ChoiceField(
                label=_("由谁审批"), initial=party, required=False, choices=[("", "---------"), *parties]
            )
        self.fields["party-more"] = forms.ChoiceField(label=_("再往上"), initial=last, choices=parties)

    @property
    def tier_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        if self.shape.kind != "tiers":
            return []
        return [(self[f"limit-{number}"], self[f"party-{number}"]) for number in range(self.rows)]

    @property
    def grid(self) -> tuple[list[str], list[tuple[str, list[forms.BoundField]]]]:
        """A table by two keys as rows and columns."""
        columns: dict[str, None] = {}
        rows: dict[str, list[forms.BoundField]] = {}
        for name, cell in self.paths.items():
            columns[cell[1]] = None
            rows.setdefault(cell[0], []).append(self[name])
        first, second = self.shape.keys[0], self.shape.keys[1]
        return (
            [table_shapes.wording_of_key(second, key) for key in columns],
            [(table_shapes.wording_of_key(first, key), fields) for key, fields in rows.items()],
        )

    @property
    def last_party(self) -> forms.BoundField:
        return self["party-more"]

    @property
    def has_two_keys(self) -> bool:
        return bool(self.paths) and all(len(cell) == 2 for cell in self.paths.values()) and len(self.shape.keys) == 2

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in self.paths]

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if not self.errors:
            self.value = self._made(values)
            language = "en" if (get_language() or "").startswith("en") else "zh"
            for one in table_shapes.findings(self.playbook, self.shape.name, self.value):
                self.add_error(None, one.message.in_language(language) + " " + one.mend.in_language(language))
        return values

    def _made(self, values: dict[str, Any]) -> object:
        if self.shape.kind != "tiers":
            return table_shapes.nested({cell: values[name] for name, cell in self.paths.items()})
        tiers: list[list[Any]] = []
        for number in range(self.rows):
            limit, party = values.get(f"limit-{number}"), values.get(f"party-{number}")
            if limit is None and not party:
                continue
            if limit is None or not party:
                self.add_error(f"limit-{number}" if limit is None else f"party-{number}", _("金额和审批人要一起填。"))
                continue
            tiers.append([limit, party])
        return {"tiers": [*tiers, ["more", values["party-more"]]]}


def value_of(playbook: Playbook, name: str, at: datetime | None = None) -> Any:
    """The company's value in force, else the playbook's own."""
    own = stored.table(playbook.key, name, at)
    return playbook.tables[name] if own is None else own


def versions(book: Playbook, shape: Shape) -> list[dict[str, Any]]:
    """The stored versions, newest first, with who made them and from when they count."""
    rows = list(Table.objects.filter(playbook=book.key, name=shape.name).order_by("-version")[:8])
    people = {one.pk: str(one) for one in Person.objects.filter(pk__in=[row.changed_by_id for row in rows])}
    return [
        {"version": row.version, "valid_from": row.valid_from, "who": people.get(row.changed_by_id or 0, "")}
        for row in rows
    ]


def store(request: HttpRequest, book: Playbook, shape: Shape, value: object, start: date | None = None) -> datetime:
    """Keep a table as a new version, from a day on or at once; from when it counts."""
    now = clock.now()
    day = timezone.make_aware(datetime.combine(start, datetime.min.time())) if start else now
    old = value_of(book, shape.name)

    def title() -> str:
        return punctuation.titled(words(book.title), table_shapes.shape_of(book, shape.name).title)

    def read(part: int, *values: object) -> dict[str, str]:
        language = get_language() or "zh-hans"
        return {
            key: both_parts[part]
            for one in values for key, both_parts in table_shapes.by_cell(shape, book, one, language).items()
        }  # fmt: skip

    with write_transaction():
        stored.set_table(
            playbook=book.key, name=shape.name, value=value, valid_from=max(now, day), person_id=request.user.pk
        )
        recording.record(
            request, "tables", f"{book.key}/{shape.name}", both(title), before=both(lambda: read(1, old)),
            after=both(lambda: read(1, value)), labels=both(lambda: read(0, old, value)), action="changed",
        )  # fmt: skip
    stored.forget()
    return max(now, day)


def moved_by(book: Playbook, shape: Shape, value: object) -> tuple[list[Moved], int]:
    """Which running clocks a restart with this value would move; only a table of times moves any."""
    return moved_by_table(book.key, shape.name, value) if shape.kind == "time" else ([], 0)
