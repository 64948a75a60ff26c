"""The fourteen checks that a playbook passes before it loads (docs/playbooks.md)."""

from collections.abc import Mapping

from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import Finding

__all__ = ["check"]


def check(
    playbook: Playbook, known: Mapping[str, Playbook], *, party_map: Mapping[str, object] | None = None,
    walks: bool = True,
) -> tuple[Finding, ...]:  # fmt: skip
    """Everything that is wrong with a playbook that could be read, in reading order; see `run.check`.

    The checks are loaded when something is checked: a process that only reads playbooks keeps the memory.
    """
    from tuoshan.core.checker import run

    return run.check(playbook, known, party_map=party_map, walks=walks)
