"""What is proved of the versions of a rule book, and of what stands above it in other books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.pack_findings import CLAUSES, DATES, finding
from tuoshan.core.policy.pack import TODAY, Clause, Pack
from tuoshan.core.reading.findings import Finding, did_you_mean, in_order

NO_DATES: Final = Wording("不写 in_force", "leave in_force out")
"""How a version goes by the day of asking."""


def check_versions(packs: Iterable[Pack]) -> tuple[Finding, ...]:
    """Versions of one rule book must not be in force on the same day, and must go by the same date."""
    found: list[Finding] = []
    known: dict[str, list[Pack]] = {}
    for pack in sorted(packs, key=lambda one: one.version):
        others = known.setdefault(pack.name, [])
        for other in others:
            if _together(pack, other):
                days, begins = _both(pack, other), pack.in_force.begins if pack.in_force is not None else None
                until = f"until: {begins}" if begins is not None else "until"
                found.append(finding(
                    DATES, pack, _line(pack), pack.key, f"{days.zh}与 {other.key} 同时有效",
                    f"is in force together with {other.key}{days.en}",
                    f"给旧版本写上 {until}", f"give the older one an {until}"))  # fmt: skip
        if differing := next((other for other in others if _by_other_dates(pack, other)), None):
            found += check_date(pack, differing)
        others.append(pack)
    return in_order(found)


def check_holes(packs: Iterable[Pack]) -> tuple[Finding, ...]:
    """Days between two versions of one book on which neither is in force: a matter of such a day is ruled by nobody."""
    found: list[Finding] = []
    known: dict[str, Pack] = {}
    for pack in sorted(packs, key=lambda one: (one.name, one.version)):
        before = known.get(pack.name)
        known[pack.name] = pack
        if before is None or before.in_force is None or pack.in_force is None or before.in_force.by != pack.in_force.by:
            continue
        until, begins = before.in_force.until, pack.in_force.begins
        if until is None or begins is None or until >= begins:
            continue
        last = begins - timedelta(days=1)
        found.append(finding(
            DATES, pack, _line(pack), "in_force",
            f"{before.key} 到 {until} 前为止，本版从 {begins} 起：{until} 至 {last} 哪一版都不管",
            f"{before.key} ends before {until} and this one begins on {begins}: from {until} to {last} neither rules",
            f"写成 from: {until}，或改上一版的 until；确实不管的，不用改",
            f"write from: {until}, or change the until of the one before; leave it where nothing is to rule", "warning",
        ))  # fmt: skip
    return in_order(found)


def check_date(pack: Pack, before: Pack) -> tuple[Finding, ...]:
    """Two versions of one book that go by different facts' dates could both rule in one matter: sold while the one was
    in force, and reported once the other was. A version that names no date goes by the day of asking."""
    by, other = (one.in_force.by if one.in_force is not None else TODAY for one in (pack, before))
    if by == other:
        return ()
    same = Wording(f"写成 by: {other}", f"write by: {other}") if other != TODAY else NO_DATES
    return (finding(
        DATES, pack, _line(pack), "in_force",
        f"本版按“{by}”的日期，{before.key} 按“{other}”的日期：同一件事可能两版都适用",
        f"goes by the date '{by}', and {before.key} by '{other}': both could rule in one matter",
        f"同一规则包的各版本按同一个日期：{same.zh}。确实要改按别的日期的，另立一本规则包（换 policy 名）："
        f"{before.key} 写上 until，新的在 applies 里排除它仍管的事",
        f"versions of one book go by the same date: {same.en}. Where the date itself must change, make this a new book"
        f" under another name: give {before.key} an until, and let the new book's applies leave out what that one"
        " still rules",
    ),)  # fmt: skip


def _line(pack: Pack) -> int:
    """The line on which a book says when it is in force."""
    return pack.in_force.line if pack.in_force is not None and pack.in_force.line else 1


def _both(one: Pack, other: Pack) -> Wording:
    """From when, and until when, both hold; nothing where there is neither."""
    begins, until = (
        [getattr(pack.in_force, side) for pack in (one, other) if pack.in_force is not None]
        for side in ("begins", "until")
    )
    first = max((day for day in begins if day is not None), default=None)
    out = min((day for day in until if day is not None), default=None)
    zh = f"{f'从 {first} 起' if first else ''}{f'到 {out} 前' if out else ''}"
    en = f"{f' from {first}' if first else ''}{f' until before {out}' if out else ''}"
    return Wording(f"{zh}，" if zh else "", en)


def _by_other_dates(one: Pack, other: Pack) -> bool:
    return one.in_force is not None and other.in_force is not None and one.in_force.by != other.in_force.by


def check_overridden(packs: Iterable[Pack], others: Iterable[Pack] = ()) -> tuple[Finding, ...]:
    """What stands above a clause of these books must be there, in one of them or of the others, of a higher layer."""
    checked = {pack.name: pack for pack in packs}
    known = {pack.name: pack for pack in others} | checked
    return in_order(
        finding for pack in checked.values() for clause in pack.clauses.values() for name in clause.overridden_by
        for finding in _overridden(pack, clause, name, known)
    )  # fmt: skip


def _overridden(pack: Pack, clause: Clause, name: str, known: Mapping[str, Pack]) -> Iterator[Finding]:
    book, _, number = name.partition(".")
    where, above = f"clauses.{clause.name}", known.get(book)
    if above is None or number not in above.clauses:
        zh, en = did_you_mean(book, known) if above is None else did_you_mean(number, above.clauses)
        yield finding(CLAUSES, pack, clause.line, where, f"overridden_by：没有“{name}”",
                       f"overridden_by: there is no '{name}'", zh, en)  # fmt: skip
    elif above.rank >= pack.rank:
        yield finding(
            CLAUSES, pack, clause.line, where, f"“{name}”不比本规定层级高", f"'{name}' is of no higher layer",
            "只有更高层级的条款才能使它不适用", "only a clause of a higher layer keeps it from being applied",
        )  # fmt: skip


def _together(one: Pack, other: Pack) -> bool:
    first, second = one.in_force, other.in_force
    if first is None or second is None:
        return True
    if first.by != second.by:
        return False
    latest = max(first.begins or date.min, second.begins or date.min)
    return latest < min(first.until or date.max, second.until or date.max)
