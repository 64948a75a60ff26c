"""Rule books changed, published and withdrawn, each written down with who did it, what was and what became of it.

A setting that only managers change is refused to everybody else, whichever way its book was changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import structlog
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.cases.forms import words
from tuoshan.core.policy.editing.setting_editing import Written
from tuoshan.core.policy.pack import TODAY, Pack, Setting
from tuoshan.core.policy.reading.value_reading import unfit
from tuoshan.core.reading.values import NUMBER
from tuoshan.office.settings.recording import Both, Read, both, record_by
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import MANAGER
from tuoshan.punctuation import listed
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.differences import Difference, Text, differences, lines
from tuoshan.rulings.expressions_in_words import called, within_sentence
from tuoshan.rulings.models import BookDraft, DroppedDraft, PublishedBook

log = structlog.get_logger(__name__)

AREA = "rule_books"
MOST_NOTED = 150
"""Differences that one entry of the record tells; a whole table may come from a spreadsheet."""
SAID = {
    "reason": _lazy("理由"), "begins": _lazy("生效日期"), "confirmed_by": _lazy("由谁确认合法"),
    "further": _lazy("此外还改了几处"),
}  # fmt: skip


class ManagersOnly(PermissionError):
    """Somebody else changed settings that only a manager may change."""

    def __init__(self, changed: Iterable[Setting]) -> None:
        self.changed = tuple(changed)
        super().__init__(", ".join(one.name for one in self.changed))

    @property
    def said(self) -> str:
        """Which settings these are and what to do, in the language in force."""
        names = listed(words(one.label) for one in self.changed)
        return _("“%(names)s”只有经理可以改，请由经理修改和发布。") % {"names": names}


class ConfirmedOneself(ValueError):
    """Whoever publishes may not be the one who confirmed that it is lawful: two pairs of eyes."""

    def __init__(self) -> None:
        self.said = _("发布的人不能由自己确认合法。请另一位主管、经理或律师确认，写他的名字。")
        super().__init__(self.said)


def _alike(name: str) -> str:
    return "".join(name.split()).casefold()


def outside(names: Iterable[str]) -> set[str]:
    """Of those who confirmed that a version is lawful, the ones who are no person of the company, such as a lawyer."""
    known = {_alike(one.display_name) for one in Person.objects.all()}
    return {name for name in names if _alike(name) not in known}


def holes_told(pack: Pack, begins: date) -> list[str]:
    """Days on which no version would hold, were the copy published from this day; in words."""
    language = get_language() or "zh-hans"
    by = pack.in_force.by if pack.in_force is not None else TODAY
    what = within_sentence(called(pack, by, language), language)
    return [
        _("%(what)s在 %(first)s 至 %(last)s 的，没有哪一版管。") % {"what": what, "first": one.first, "last": one.last}
        if one.last is not None else
        _("%(what)s在 %(first)s 或以后的，没有哪一版管。") % {"what": what, "first": one.first}
        for one in publishing.holes(pack, begins)
    ]  # fmt: skip


def settings_of(draft: BookDraft, pack: Pack | None) -> dict[str, Setting]:
    """The settings of a copy; of one that cannot be read, those of the version it was copied from."""
    return dict((pack or library.newest(draft.name)).settings)


def kept_to_managers(name: str, setting: Setting) -> bool:
    """Whether only a manager changes it: the copy says so, or the version before did."""
    before = library.newest(name).settings.get(setting.name)
    return setting.managers_only or (before is not None and before.managers_only)


def typed(name: str, setting: Setting, text: str) -> Written:
    """A value as a program writes it, `true` or `12`. Raises ValueError with what is wrong with it, in words."""
    before = library.newest(name).settings.get(setting.name)
    kind = setting.value if before is None else before.value
    text = text.strip()
    if isinstance(kind, bool):
        if text not in ("true", "false"):
            raise ValueError(_("请写 true 或 false。"))
        return text == "true"
    if not isinstance(kind, Decimal):
        return text
    if not NUMBER.match(text):
        raise ValueError(_("请写一个数。"))
    refused = unfit(setting, Decimal(text))
    if refused is not None:
        raise ValueError(words(refused))
    return Decimal(text)


def save_settings(
    draft: BookDraft, values: Mapping[str, Written], seen: str, *, reason: str, person: Person, now: datetime
) -> BookDraft:
    """Put values into the copy, with the reason; nothing is written where none is otherwise.

    Raises ManagersOnly, copying.NotEditable, copying.ChangedMeanwhile.
    """
    before = settings_of(draft, publishing.prove_copy(draft).pack)
    changed = [before[name] for name, value in values.items() if name in before and before[name].value != value]
    if not changed and not values.keys() - before.keys():
        return draft
    _keep_to_managers(draft.name, changed, person)
    return copying.save_settings(draft, values, seen, person_id=person.pk, now=now,
                                 record=noting(person, draft.name, reason=reason))  # fmt: skip


def _otherwise(before: Text, after: Text) -> list[Difference]:
    """What is otherwise; line by line where what was typed cannot be told part by part."""
    try:
        return differences(before, after)
    except Exception:
        log.exception("rule_book_difference_not_told", book=after.name)
        return [lines(before.text, after.text)]


def edits(name: str, draft: BookDraft | DroppedDraft | None) -> list[Difference]:
    """What a copy says otherwise than the newest version; nothing where there is no copy."""
    if draft is None:
        return []
    return _otherwise(Text(name, *library.text_of(library.newest(name))),
                      Text(name, draft.text, publishing.tables_of(draft)))  # fmt: skip


def noting(person: Person, name: str, where: Both[str] | None = None, **said: str) -> publishing.Record:
    """How a change of the copy is written down, in one transaction with it: cells, settings, clauses and examples, old
    and new, then what was `said` of it. What is otherwise is worked out before that transaction, which holds up
    everybody else who writes. Opening a copy changes nothing and is not written down."""

    def reckoned(before: publishing.Written, after: publishing.Written) -> Callable[[], object]:
        found = _otherwise(Text(name, *before), Text(name, *after))
        if not found:
            return lambda: None
        return _record(person, name, where or both(lambda: _("副本")), found, **said)

    return reckoned


def publish(
    name: str, *, begins: date, reason: str, confirmed_by: str, person: Person, now: datetime
) -> PublishedBook:
    """As `publishing.publish`, with all that it changes written down. Raises ManagersOnly, ConfirmedOneself as well."""
    if _alike(confirmed_by) in (_alike(person.display_name), _alike(person.username)):
        raise ConfirmedOneself
    library.look_again()
    newest = library.newest(name)
    before, old = newest.settings, Text(name, *library.text_of(newest))
    told = {"reason": reason.strip(), "begins": begins.isoformat(), "confirmed_by": confirmed_by.strip()}

    def reckoned(draft: BookDraft, pack: Pack) -> Callable[[PublishedBook], object]:
        after = pack.settings
        others = [one for one in before.values() if one.name not in after or after[one.name].value != one.value]
        _keep_to_managers(name, [*others, *(one for one in after.values() if one.name not in before)], person)
        found = differences(old, Text(name, draft.text, publishing.tables_of(draft)))
        return lambda made: _record(
            person, name, both(lambda: _("第 %(version)s 版已发布") % {"version": made.version}), found, "done", **told
        )()

    return publishing.publish(
        name, begins=begins, reason=reason, confirmed_by=confirmed_by, person_id=person.pk, now=now, record=reckoned
    )


def withdraw(name: str, version: int, *, reason: str, person: Person, now: datetime) -> PublishedBook:
    """As `publishing.withdraw`, written down with its reason. Who may not change a setting may not undo its change
    either: raises ManagersOnly as well."""
    library.look_again()
    known = {one.version: one for one in publishing.every_version(name)}
    gone = known.get(version)
    if gone is not None:
        before = [one for one in known.values() if one.version < version and one not in library.withdrawn()]
        stays = before[-1].settings if before else gone.settings
        _keep_to_managers(name, [one for one in gone.settings.values()
                                 if one.name not in stays or stays[one.name].value != one.value], person)  # fmt: skip
    book, what = library.newest(name).title, both(lambda: _("第 %(version)s 版已撤回") % {"version": version})
    begins, why = both(lambda: _("原定生效日期")), both(lambda: _("理由"))
    return publishing.withdraw(
        name, version, reason=reason, person_id=person.pk, now=now, write_down=lambda row: record_by(
            person, AREA, name, Both(f"{book.zh}（{what.zh}）", f"{book.en} ({what.en})"), action="done",
            before=Both(*({"begins": f"{row.begins}"},) * 2), after=Both(*({"reason": row.withdrawn_reason},) * 2),
            labels=Both({"begins": begins.zh, "reason": why.zh}, {"begins": begins.en, "reason": why.en}),
        ),
    )  # fmt: skip


def _keep_to_managers(name: str, changed: Iterable[Setting], person: Person) -> None:
    kept = [one for one in changed if kept_to_managers(name, one)]
    if kept and not person.has_role(MANAGER):
        raise ManagersOnly(kept)


def _record(
    person: Person, name: str, where: Both[str], found: Sequence[Difference], action: str = "changed", **more: str
) -> Callable[[], object]:
    """One entry for all that is otherwise, then what was said of it (reason, day …), ready to be written."""
    book = library.newest(name).title
    shown = found[:MOST_NOTED]
    before, after, labels = Both[Read]({}, {}), Both[Read]({}, {}), Both[Read]({}, {})
    for number, one in enumerate(shown):
        key = f"part{number}"
        for part, told in ((labels, one.label), (before, one.before), (after, one.after)):
            part.zh[key], part.en[key] = told.zh, told.en
    if len(found) > len(shown):
        more["further"] = str(len(found) - len(shown))
    for key, value in more.items():
        label = both(lambda key=key: str(SAID[key]))  # type: ignore[misc]
        labels.zh[key], labels.en[key], after.zh[key], after.en[key] = label.zh, label.en, value, value
    title = Both(f"{book.zh}（{where.zh}）", f"{book.en} ({where.en})")
    return lambda: record_by(person, AREA, name, title, before=before, after=after, labels=labels, action=action)
