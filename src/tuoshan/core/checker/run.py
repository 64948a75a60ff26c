"""All fourteen checks in their order."""

from __future__ import annotations

from collections.abc import Mapping

from tuoshan.core.checker.automatic import check_automatic
from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.facts import check_facts
from tuoshan.core.checker.flow import Flow
from tuoshan.core.checker.meant import check_meanings
from tuoshan.core.checker.money import check_money
from tuoshan.core.checker.names import check_names, check_other_playbooks
from tuoshan.core.checker.side_work import check_pauses, check_tasks
from tuoshan.core.checker.tables import check_tables
from tuoshan.core.checker.telling import check_walks, check_wording
from tuoshan.core.checker.waits import check_otherwise, check_waits
from tuoshan.core.checker.ways import check_ends, check_promises, check_reachable
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading.findings import Finding, in_order

__all__ = ["check"]


def check(
    playbook: Playbook, known: Mapping[str, Playbook], *, party_map: Mapping[str, object] | None = None,
    walks: bool = True,
) -> tuple[Finding, ...]:  # fmt: skip
    """Everything that is wrong with a playbook that could be read, in reading order.

    `known` are the other playbooks; `party_map` tells who each party is in this company (None: not asked); a
    party that is nobody is a warning. Only findings of severity `error` keep the playbook from loading. Walks
    run only where every name resolves, because the kernel may rely on that.
    """
    desk = Desk(playbook, Flow(playbook))
    check_names(desk, party_map)
    check_meanings(desk)
    check_reachable(desk)
    check_waits(desk)
    check_promises(desk)
    check_ends(desk)
    check_otherwise(desk)
    check_automatic(desk)
    check_facts(desk)
    check_pauses(desk)
    check_tasks(desk)
    check_other_playbooks(desk, known)
    check_tables(desk)
    check_money(desk)
    check_wording(desk)
    sound = not any(one.severity == "error" and one.check in (1, 7, 8, 12) for one in desk.found)
    if walks and sound:
        check_walks(desk)
    return in_order(desk.found)
