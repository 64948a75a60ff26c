"""What was changed, written down with the change itself in one transaction, and shown again."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.parties.models import Person, SettingChange
from tuoshan.secrets import EncryptedTextField, mask_email, mask_phone

AREAS = {
    "people": _("人员"),
    "roles": _("角色"),
    "units": _("组织单位"),
    "party_map": _("各方对应"),
    "categories": pgettext_lazy("many", "分类"),
    "causes": pgettext_lazy("many", "原因"),
    "reasons": _("评价原因"),
    "calendars": _("工作日历"),
    "tables": _("时限与额度"),
    "templates": _("消息模板"),
    "replies": _("快捷回复"),
    "playbooks": _("流程文件"),
    "outgoing": _("公司与外发"),
}
SHOWN_ON_A_PAGE = 8
_MASKED = {"phone": mask_phone, "email": mask_email}


def me(request: HttpRequest) -> Person:
    """The signed-in person; the permission table lets nobody else in."""
    return cast(Person, request.user)


def as_read(instance: models.Model, names: Iterable[str]) -> dict[str, str]:
    """These fields of a row as people read them; personal data masked, secrets only as being there."""
    shown: dict[str, str] = {}
    for name in names:
        field = instance._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            shown[name] = punctuation.listed(getattr(instance, name).all()) if instance.pk else ""
        elif isinstance(field, EncryptedTextField):
            value = str(getattr(instance, name) or "")
            shown[name] = _MASKED[name](value) if name in _MASKED else "••••" if value else ""
        elif getattr(field, "choices", None):
            shown[name] = str(getattr(instance, f"get_{name}_display")())
        else:
            value = getattr(instance, name)
            shown[name] = ("✓" if value else "✗") if isinstance(value, bool) else _plain(value)
    return shown


def _plain(value: object) -> str:
    if value in (None, "", [], {}):
        return ""
    return punctuation.listed(value) if isinstance(value, list) else str(value)


def labels_of(model: type[models.Model]) -> dict[str, str]:
    """The titles of a model's fields, by name."""
    return {field.name: str(getattr(field, "verbose_name", field.name)) for field in model._meta.get_fields()}


def record(
    request: HttpRequest, area: str, key: object, title: str, *, before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None, action: str = "",
) -> SettingChange | None:  # fmt: skip
    """Write down a change; nothing when before and after are the same. Call it inside the writing transaction."""
    old, new, known = before or {}, after or {}, labels or {}
    names = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
    if not names and action != "done":
        return None
    return SettingChange.objects.create(
        area=area, key=str(key)[:120], title=title[:160], person=me(request),
        action=action or ("changed" if before and after else "made" if after else "removed"),
        fields=[
            {"name": name, "label": known.get(name, name), "before": old.get(name, ""), "after": new.get(name, "")}
            for name in names
        ],
    )  # fmt: skip


@contextmanager
def recorded(
    request: HttpRequest, area: str, instance: models.Model, names: Iterable[str], *, title: str = "",
) -> Iterator[None]:  # fmt: skip
    """What is done to the row inside the block is one transaction with its record."""
    model, wanted = type(instance), tuple(names)
    with write_transaction():
        stored = model._default_manager.filter(pk=instance.pk).first() if instance.pk else None
        before = as_read(stored, wanted) if stored is not None else None
        yield
        now_stored = model._default_manager.get(pk=instance.pk)
        after = as_read(now_stored, wanted)
        record(
            request, area, instance.pk, title or str(now_stored), before=before, after=after, labels=labels_of(model)
        )


def changes(area: str = "", key: object = "", most: int = SHOWN_ON_A_PAGE) -> list[SettingChange]:
    """The newest changes of an area, of one thing in it, or of everything."""
    found = SettingChange.objects.select_related("person")
    if area:
        found = found.filter(area=area)
    if key:
        found = found.filter(key=str(key))
    return list(found[:most])
