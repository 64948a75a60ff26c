"""Keeping rulings: frozen with facts and versions, attached to a case, and what was decided otherwise."""

import hashlib
import json
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.core.playbook import BELOW_LAW, OVERRULED
from tuoshan.core.policy.as_data import as_data, plain
from tuoshan.core.policy.engine.on_top import Claimed, OnTop, Share, claim_of, shares
from tuoshan.core.policy.pack import BY_LAW, REMEDIES, Pack
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import verdict
from tuoshan.parties.permissions import LEADS
from tuoshan.rulings import floor, texts
from tuoshan.rulings.models import KeptRuling, Override

RULED = "ruling"
"""The name under which a case's history tells of a ruling; those of departures a process may name."""


FOR_A_SUPERVISOR = _("请由主管决定。")
NOT_NEWEST = _("工单里已有更新的裁定；要不按裁定处理，请在最新的那份里写明。")


class NotNewest(ValueError):
    """A later ruling of the same case counts; this one only stands beside it."""


class LawFloor(PermissionError):
    """What is offered is less than the law gives, and whoever decides so is no supervisor."""


def keep(
    ruling: Ruling, *, person_id: int, now: datetime, case_id: int | None = None, session: str = "", line: int = 1,
    label: str = "", quantity: int = 1, chosen: str = "",
) -> KeptRuling:  # fmt: skip
    """Freeze a ruling. With a case it becomes part of its history at once."""
    facts = frozen_facts(ruling)
    result = canonical(as_data(ruling))
    said = verdict(ruling)
    unsure = [one.pack for one in ruling.reads if one.applies is None]
    row = KeptRuling(
        case_id=case_id, session=session, line=line, label=label, quantity=quantity, chosen=chosen, facts=facts,
        packs=canonical([[pack.name, pack.version, pack.hash] for pack in ruling.packs]),
        beside=canonical([_with_dates(pack) for pack in unsure]), result=result,
        asked_on=ruling.on, digest=hashlib.sha256((facts + result).encode()).hexdigest(),
        verdict_zh=said.zh, verdict_en=said.en,
        open_questions=len(ruling.questions), provisional=bool(ruling.provisional), kept_by_id=person_id, kept_at=now,
    )  # fmt: skip
    with write_transaction():
        texts.keep((*ruling.packs, *unsure), now)
        row.save(force_insert=True)
        if case_id is not None:
            _tell(row, case_id, person_id)
    return row


def _with_dates(pack: Pack) -> list[Any]:
    """A book with the dates of its version, which the next version may have cut short since."""
    dates = pack.in_force
    days = [dates.by, *(day.isoformat() if day else "" for day in (dates.begins, dates.until))] if dates else []
    return [pack.name, pack.version, pack.hash, days]


def frozen_facts(ruling: Ruling) -> str:
    """The facts of a ruling as they are frozen."""
    return canonical({name: plain(value) for name, value in ruling.facts.items()})


def attach(rows: Sequence[KeptRuling], case_id: int, person_id: int) -> None:
    """Give rulings that were made before the case was registered to it; one that has a case keeps it."""
    for row in rows:
        with write_transaction():
            taken = KeptRuling.objects.filter(pk=row.pk, case_id=None).update(case_id=case_id)
            if taken:
                row.case_id = case_id
                _tell(row, case_id, person_id)


def _tell(row: KeptRuling, case_id: int, person_id: int) -> None:
    """An event of the case names the ruling and its digest, so that neither can be changed unseen."""
    service.record(
        case_id=case_id, name=RULED, actor=ActingAs("person", person_id, parties=frozenset()),
        extra={"ruling": str(row.pk), "digest": row.digest, "line": row.line},
        idempotency_key=f"ruling:{row.pk}",
    )  # fmt: skip


def of_case(case_id: int) -> list[KeptRuling]:
    """The rulings of a case, the newest first."""
    return _by_bench(list(KeptRuling.objects.filter(case_id=case_id).order_by("-id").prefetch_related("overrides")))


def standing(case_id: int) -> list[KeptRuling]:
    """The rulings that count in a case: the newest, with those of the same bench; what came before is history."""
    of_case = KeptRuling.objects.filter(case_id=case_id).prefetch_related("overrides")
    newest = of_case.order_by("-id").first()
    if newest is None or not newest.session:
        return _by_bench([newest] if newest else [])
    return _by_bench(list(of_case.filter(session=newest.session).order_by("line", "id")))


def _by_bench(rows: list[KeptRuling]) -> list[KeptRuling]:
    """The same, each with the lines of its bench, which are among them: nobody has to look for these again."""
    benches: dict[str, list[KeptRuling]] = {}
    for row in sorted(rows, key=lambda one: (one.line, one.pk)):
        row.bench = benches.setdefault(row.session, []) if row.session else [row]
        if row.session:
            benches[row.session].append(row)
    return rows


def counting(case_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Of each case the ruling that counts, the newest, and its bench: all lines of that count with it."""
    found = KeptRuling.objects.filter(case_id__in=case_ids).order_by().values("case_id").annotate(newest=Max("pk"))
    rows = KeptRuling.objects.filter(pk__in=[one["newest"] for one in found])
    return {one.case_id: (one.pk, one.session) for one in rows.only("case_id", "session") if one.case_id is not None}


def departures_that_hold(case_ids: Iterable[int]) -> set[int]:
    """Of what was decided otherwise in these cases, what holds: the last of each line of the rulings that count there.
    """
    known = counting(set(case_ids))
    made = Override.objects.filter(ruling__case_id__in=known).order_by("id")
    last: dict[int, int] = {}
    for pk, ruling, case_id, session in made.values_list("id", "ruling_id", "ruling__case_id", "ruling__session"):
        newest, bench = known[case_id or 0]
        if (session == bench) if bench else (ruling == newest):
            last[ruling] = pk
    return set(last.values())


def on_top_of(row: KeptRuling, *, by_law: bool = False) -> Decimal:
    """What comes on top for all pieces of a line: all of it, or as far as the law gives it. A minimum is of the claim:
    of one that counts once for several lines this is the line's part."""
    return sum((one.amount for one in shares_of(row, by_law=by_law).values()), Decimal("0.00"))


def shares_of(row: KeptRuling, *, by_law: bool = False) -> dict[str, Share]:
    """The same by its kind."""
    rows = ruled_together(row) if result_of(row)["extras"] else [row]
    found = shares([Claimed(one.quantity, _on_top(one, by_law=by_law), claim_of_row(one)) for one in rows])
    [mine] = [share for one, share in zip(rows, found, strict=True) if one.pk == row.pk]
    return mine


def ruled_together(row: KeptRuling) -> list[KeptRuling]:
    """The lines that were ruled on one bench for one case, this one among them."""
    if row.bench is not None:
        return list(row.bench)
    if not row.session:
        return [row]
    rows = KeptRuling.objects.filter(session=row.session, case_id=row.case_id).order_by("line", "id")
    return [row if one.pk == row.pk else one for one in rows]


def claim_of_row(row: KeptRuling) -> Hashable:
    """Of which claim a line of its bench is."""
    return claim_of(facts_of(row), row.line)


def _on_top(row: KeptRuling, *, by_law: bool) -> dict[str, OnTop]:
    """As it was frozen, by kind."""
    found = {}
    for what, one in result_of(row)["extras"].items():
        value = _of_law(one) if by_law else Decimal(one["value"])
        told = one.get("reckoned_by_law" if by_law else "reckoned") or {"each": value}
        if value:
            found[what] = OnTop(**{name: Decimal(figure) for name, figure in told.items()})
    return found


def _of_law(extra: dict[str, Any]) -> Decimal:
    """Rulings frozen before this stood in them say only which layer counts."""
    if "by_law" in extra:
        return Decimal(extra["by_law"] or "0.00")
    return Decimal(extra["value"]) if extra["by"]["layer"] in BY_LAW else Decimal("0.00")


def said(row: KeptRuling) -> str:
    """What a kept ruling says in one sentence, in the language in force."""
    return row.verdict_en if (get_language() or "").startswith("en") else row.verdict_zh


def result_of(row: KeptRuling) -> dict[str, Any]:
    """The frozen ruling as data."""
    found: dict[str, Any] = json.loads(row.result)
    return found


def facts_of(row: KeptRuling) -> dict[str, Any]:
    """The frozen facts as data."""
    found: dict[str, Any] = json.loads(row.facts)
    return found


def unchanged(row: KeptRuling) -> bool:
    """Whether a kept ruling is still the one that was frozen."""
    return hashlib.sha256((row.facts + row.result).encode()).hexdigest() == row.digest


# -- deciding otherwise ---------------------------------------------------------------------------------------


def departure(row: KeptRuling) -> Override | None:
    """What was decided instead of a ruling last: of several this one holds."""
    return max(row.overrides.all(), key=lambda one: one.pk, default=None)


def below_law(row: KeptRuling, remedy: str, amount: Decimal | None) -> bool:
    """Whether giving this instead would leave the consumer with less than the law gives.

    What the law gives is the consumer's to choose among: one of its remedies, or what is at least as good, for all
    pieces, is enough. What the law gives on top (three or ten times the price; its minimum once) is due with any.
    """
    result, extra = result_of(row), on_top_of(row, by_law=True)
    due = enough_by_law(row)
    if due and remedy not in due:
        return True
    if not due and not extra:
        return False
    due = due or {right["remedy"]: Decimal(right["amount"] or "0.00") for right in result["rights"]}
    least = due.get(remedy, Decimal("0.00")) * row.quantity + extra
    return least > (amount or Decimal("0.00"))


def enough_by_law(row: KeptRuling) -> dict[str, Decimal]:
    """The remedies of which each is enough by the law, with the least that goes with it for one piece; empty where the
    law gives nothing."""
    return floor.alternatives(result_of(row), facts_of(row))


def may_go_below_law(person: Any) -> bool:
    """Whether somebody may decide that a consumer gets less than the law gives."""
    return not LEADS.isdisjoint(person.role_keys())


def override(
    row: KeptRuling, *, remedy: str, amount: Decimal | None, reason: str, person_id: int, may_go_below: bool,
    now: datetime,
) -> Override:  # fmt: skip
    """Write down that something else is done, `amount` for all pieces of the line. Raises NotNewest, LawFloor,
    ValueError for no reason or an unknown remedy."""
    if remedy not in REMEDIES and remedy != "none":
        raise ValueError(remedy)
    if not reason.strip():
        raise ValueError("reason")
    if row.case_id is None:
        raise ValueError("case")
    below = below_law(row, remedy, amount)
    if below and not may_go_below:
        raise LawFloor(remedy)
    with write_transaction():
        Case.objects.select_for_update().only("pk").get(pk=row.case_id)
        if row not in standing(row.case_id):
            raise NotNewest(row.pk)
        made = Override.objects.create(
            ruling=row, case_id=row.case_id, remedy=remedy, amount=amount, reason=reason.strip(), below_law=below,
            made_by_id=person_id, made_at=now,
        )  # fmt: skip
        service.record(
            case_id=row.case_id, name=BELOW_LAW if below else OVERRULED,
            actor=ActingAs("person", person_id, parties=frozenset()),
            extra={"ruling": str(row.pk), "override": str(made.pk), "remedy": remedy, "below_law": below,
                   **({"amount": str(amount)} if amount is not None else {})},
            idempotency_key=f"override:{made.pk}",
        )  # fmt: skip
    return made


def canonical(value: object) -> str:
    """The one text of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
