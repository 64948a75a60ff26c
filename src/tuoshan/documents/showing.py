"""Evidence as pages show it: address, small picture, and the line of who, when and fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from tuoshan.documents.evidence import download_name
from tuoshan.documents.models import Evidence


@dataclass(frozen=True)
class Shown:
    """One file in a list. `view` is image, pdf, video, audio or other: how the viewer opens it."""

    row: Evidence
    url: str
    thumb_url: str
    view: str
    name: str
    who: str
    size: str
    note: str
    gone: str = ""
    """What became of a file that is there no more; such a one has no address, except for who proves what was done."""
    take_away: str = ""
    """The address of the form by which the reader can take it out of the case."""

    @property
    def symbol(self) -> str:
        """The icon that stands for a file without a small picture."""
        if self.row.removed_at is not None:
            return "trash"
        return {"video": "play", "audio": "phone", "pdf": "file"}.get(self.view, "file")


def shown(
    rows: Iterable[Evidence], *, for_customer: bool = False, opens_removed: bool = False,
    take_away: Mapping[int, str] = MappingProxyType({}),
) -> list[Shown]:  # fmt: skip
    """The rows as a page shows them; for a customer, staff stay unnamed. One query for all names.

    `take_away` has, by id, where the reader can take a file out of its case; `opens_removed` opens those taken out.
    """
    listed = list(rows)
    names = {} if for_customer else _names({row.actor_id for row in listed if row.actor_kind == "person"})
    return [_one(row, names, for_customer, opens_removed, take_away.get(row.id, "")) for row in listed]


def gone_title(row: Evidence) -> str:
    """What is said in the place of a file that was erased with its customer, or taken out of its case; else empty."""
    if row.erased_at is not None:
        return pgettext("evidence", "已随客户删除")
    return pgettext("evidence", "已移除") if row.removed_at is not None else ""


def _one(row: Evidence, names: dict[int, str], for_customer: bool, opens_removed: bool, take_away: str) -> Shown:
    family = row.family
    gone = gone_title(row)
    opens = not gone or (opens_removed and row.erased_at is None)
    view = "pdf" if row.content_type == "application/pdf" else family if family != "document" else "other"
    who = _who(row, names, for_customer)
    when = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M")
    parts = [str(row.get_kind_display()), who, when, filesizeformat(row.size)]
    if row.width and row.height:
        parts.append(f"{row.width} × {row.height}")
    if row.note and not for_customer and opens:
        parts.append(row.note)
    if not for_customer:
        parts.append(f"SHA-256 {row.stored_hash}")
    return Shown(
        row=row,
        url=reverse("documents:serve", args=[row.id]) if opens else "",
        thumb_url=reverse("documents:thumbnail", args=[row.id]) if family == "image" and opens else "",
        view=view,
        name=download_name(row) if opens else gone,
        who=who,
        size=filesizeformat(row.size),
        note="  ".join(part for part in parts if part),
        gone=gone,
        take_away="" if gone else take_away,
    )


def _who(row: Evidence, names: dict[int, str], for_customer: bool) -> str:
    if row.actor_kind == "customer":
        return pgettext("evidence", "您") if for_customer else pgettext("evidence", "客户")
    if row.actor_kind == "person":
        return (
            pgettext("evidence", "客服")
            if for_customer
            else names.get(row.actor_id or 0, pgettext("evidence", "已离职人员"))
        )
    return pgettext("evidence", "系统")


def _names(ids: set[int | None]) -> dict[int, str]:
    if not ids:
        return {}
    from tuoshan.parties.models import Person

    people: list[Model] = list(Person.objects.filter(pk__in=[number for number in ids if number is not None]))
    return {person.pk: str(person) for person in people}
