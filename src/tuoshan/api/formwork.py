"""Bodies to the forms of the screens, so that a program is judged by the very same rules."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from ninja import Schema

from tuoshan.api.problems import invalid
from tuoshan.office import saving
from tuoshan.office.settings import recording


def posted(values: Mapping[str, Any]) -> QueryDict:
    """Values as a browser would send them: lists several times, a ticked box, nothing for nothing."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        if isinstance(value, list | tuple):
            data.setlist(name, [_text(one) for one in value])
        elif value is not None and value is not False:
            data[name] = "on" if value is True else _text(value)
    return data


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def moment(name: str, at: datetime | None) -> dict[str, str]:
    """A moment as a day and a time, each in a field of its own."""
    local = timezone.localtime(at) if at is not None else None
    return {f"{name}_0": local.strftime("%Y-%m-%d"), f"{name}_1": local.strftime("%H:%M:%S")} if local else {}


def as_stored(form: forms.BaseForm) -> dict[str, Any]:
    """What a form of a stored row would send back unchanged."""
    shown: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, list | tuple) or hasattr(value, "all"):
            shown[field.name] = [getattr(one, "pk", one) for one in (value.all() if hasattr(value, "all") else value)]
        else:
            shown[field.name] = getattr(value, "pk", value)
    return shown


def judged(form: forms.BaseForm) -> Any:
    """The form, when it is valid. Raises Problem 422 naming the fields."""
    if not form.is_valid():
        raise invalid(form.errors, titles={name: field.label for name, field in form.fields.items()})
    return form


def stored(form: Any, store: Callable[[], object]) -> Any:
    """The form, once it is stored. Raises Problem 422 where another has stored the like at this moment."""
    return form if saving.kept(form, store) else judged(form)


Form = Callable[..., Any]


Given = Schema | Mapping[str, Any]


def _named(body: Given) -> dict[str, Any]:
    """What a body names."""
    return body.dict(exclude_unset=True) if isinstance(body, Schema) else dict(body)


def changed(request: HttpRequest, area: str, form: Form, row: Model, body: Given, names: tuple[str, ...]) -> None:
    """Change what the body names of a row of the settings, with its record; the rest stays."""
    values = as_stored(form(instance=row)) | _named(body)
    _recorded(request, area, judged(form(posted(values), instance=row)), names)


def made(request: HttpRequest, area: str, form: Form, row: Model, body: Given, names: tuple[str, ...]) -> int:
    """Make a row of the settings, with its record. Gives its id."""
    done = judged(form(posted(as_stored(form(instance=row)) | _named(body)), instance=row))
    return int(_recorded(request, area, done, names).instance.pk)


def _recorded(request: HttpRequest, area: str, form: Any, names: tuple[str, ...]) -> Any:
    def store() -> None:
        with recording.recorded(request, area, form.instance, names):
            form.save()

    return stored(form, store)
