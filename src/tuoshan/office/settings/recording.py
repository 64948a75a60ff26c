"""What was changed, written down with the change itself in one transaction, and shown again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.office.settings.meanings import title_of
from tuoshan.parties.models import Person, SettingChange
from tuoshan.secrets import HIDDEN, EncryptedTextField, mask_email, mask_phone

AREAS = {
    "people": _("人员"),
    "roles": _("角色"),
    "units": _("组织单位"),
    "skills": _("技能"),
    "party_map": _("各方对应"),
    "categories": pgettext_lazy("many", "分类"),
    "causes": pgettext_lazy("many", "原因"),
    "reasons": _("评价原因"),
    "products": pgettext_lazy("many", "商品"),
    "product_lines": pgettext_lazy("many", "品类"),
    "shops": pgettext_lazy("many", "店铺"),
    "calendars": _("工作日历"),
    "tables": _("时限与额度"),
    "templates": _("消息模板"),
    "replies": _("快捷回复"),
    "playbooks": _("流程文件"),
    "outgoing": _("公司与外发"),
    "customers": _("客户资料"),
    "rule_books": _("规则包"),
}
SHOWN_ON_A_PAGE = 8
_MASKED = {"phone": mask_phone, "email": mask_email}


def _languages(key: str) -> str:
    return str(dict(settings.LANGUAGES).get(key, key) if key else _("公司的语言"))


def _playbooks(keys: list[str]) -> str:
    books = library.everything()
    return punctuation.listed(words(books[key].title) if key in books else key for key in keys)


def _meaning(fact: str) -> Callable[[str], str]:
    return lambda value: title_of(fact, value)


_IN_WORDS: Mapping[str, Callable[[Any], str]] = {
    "language": _languages, "playbooks": _playbooks,
    **{fact: _meaning(fact) for fact in ("problem", "goods", "platform")},
}  # fmt: skip
"""Fields that hold keys, and how those are read."""


def me(request: HttpRequest) -> Person:
    """The signed-in person; the permission table lets nobody else in."""
    return cast(Person, request.user)


Read = dict[str, str]
Said = TypeVar("Said")


class Both(NamedTuple, Generic[Said]):
    """The same in both languages: the record is read by people of either."""

    zh: Said
    en: Said


def both(say: Callable[[], Said]) -> Both[Said]:
    """Say it in Chinese, then in English."""
    with override("zh-hans"):
        chinese = say()
    with override("en"):
        return Both(chinese, say())


def as_read(instance: models.Model, names: Iterable[str]) -> dict[str, str]:
    """These fields of a row as people read them; personal data masked, secrets only as being there."""
    shown: dict[str, str] = {}
    for name in names:
        field = instance._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            shown[name] = punctuation.listed(getattr(instance, name).all()) if instance.pk else ""
        elif isinstance(field, EncryptedTextField):
            value = str(getattr(instance, name) or "")
            shown[name] = _MASKED[name](value) if name in _MASKED else HIDDEN if value else ""
        elif name in _IN_WORDS:
            shown[name] = _IN_WORDS[name](getattr(instance, name))
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
    request: HttpRequest, area: str, key: object, title: Both[str], *, before: Both[Read] | None = None,
    after: Both[Read] | None = None, labels: Both[Read] | None = None, action: str = "",
) -> SettingChange | None:  # fmt: skip
    """Write down a change; nothing when before and after are the same. Call it inside the writing transaction."""
    return record_by(me(request), area, key, title, before=before, after=after, labels=labels, action=action)


def record_by(
    person: Person, area: str, key: object, title: Both[str], *, before: Both[Read] | None = None,
    after: Both[Read] | None = None, labels: Both[Read] | None = None, action: str = "",
) -> SettingChange | None:  # fmt: skip
    """The same where no request is at hand; an `action` that is given is written down also without any field."""
    nothing: Both[Read] = Both({}, {})
    old, new, known = before or nothing, after or nothing, labels or nothing
    names = [name for name in {**old.zh, **new.zh} if old.zh.get(name, "") != new.zh.get(name, "")]
    if not names and not action:
        return None
    return SettingChange.objects.create(
        area=area, key=str(key)[:120], title=title.zh[:160], title_en=_if_other(title.en, title.zh)[:160],
        person=person,
        action=action or ("changed" if before and after else "made" if after else "removed"),
        fields=[_field(name, known, old, new) for name in names],
    )  # fmt: skip


def _if_other(english: str, chinese: str) -> str:
    return english if english != chinese else ""


def _field(name: str, labels: Both[Read], before: Both[Read], after: Both[Read]) -> dict[str, str]:
    found = {"name": name}
    for part, said, otherwise in (("label", labels, name), ("before", before, ""), ("after", after, "")):
        found[part] = said.zh.get(name, otherwise)
        if english := _if_other(said.en.get(name, otherwise), found[part]):
            found[f"{part}_en"] = english
    return found


@contextmanager
def recorded(
    request: HttpRequest, area: str, instance: models.Model, names: Iterable[str], *, title: Both[str] | None = None,
) -> Iterator[None]:  # fmt: skip
    """What is done to the row inside the block is one transaction with its record."""
    model, wanted = type(instance), tuple(names)
    with write_transaction():
        stored = model._default_manager.filter(pk=instance.pk).first() if instance.pk else None
        before = both(lambda: as_read(stored, wanted)) if stored is not None else None
        yield
        now_stored = model._default_manager.get(pk=instance.pk)
        record(
            request, area, instance.pk, title or both(lambda: str(now_stored)), before=before,
            after=both(lambda: as_read(now_stored, wanted)), labels=both(lambda: labels_of(model)),
        )  # fmt: skip


def changes(area: str = "", key: object = "", most: int = SHOWN_ON_A_PAGE) -> list[SettingChange]:
    """The newest changes of an area, of one thing in it, or of everything."""
    found = SettingChange.objects.select_related("person")
    if area:
        found = found.filter(area=area)
    if key:
        found = found.filter(key=str(key))
    return list(found[:most])
