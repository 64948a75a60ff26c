"""Who gives a command, before the case is known; and the kernel's `Actor`, once it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tuoshan.cases import neighbours, upload_holders
from tuoshan.core.case import SYSTEM_ACTOR, Actor, CaseState
from tuoshan.core.playbook import Playbook
from tuoshan.parties import permissions


@dataclass(frozen=True)
class ActingAs:
    """A person of ours, a customer, the system or an authority.

    `parties` given here replaces what the company's party map says: the system and tests use it.
    """

    kind: Literal["person", "customer", "system", "authority"]
    id: int | None = None
    person: Any = None
    parties: frozenset[str] | None = None

    @staticmethod
    def by_person(person: Any) -> "ActingAs":
        """A person of ours (a `parties.Person`); parties follow from the party map, delegation included."""
        return ActingAs("person", person.pk, person)

    @staticmethod
    def by_customer(customer_id: int | None) -> "ActingAs":
        """The customer of the case, known by signed link, by number and phone, or by what is being registered.

        Where the page of a case is for another party (`portal: applicant`), this is that party, known the same way.
        """
        return ActingAs("customer", customer_id)

    @staticmethod
    def by_system() -> "ActingAs":
        return ActingAs("system", parties=frozenset({"system"}))

    @property
    def key(self) -> str:
        """Tells senders of idempotency keys apart."""
        return f"{self.kind}:{self.id or ''}"

    def holders(self, case_id: int) -> tuple[str, ...]:
        """As whom they may use the token under which files were uploaded for a form: a person of ours as themselves,
        a customer as whoever has the page of the case open.
        """
        if self.kind == "customer":
            return (upload_holders.of_case(case_id),)
        return () if self.id is None or self.kind == "system" else (upload_holders.of_person(self.id),)

    @property
    def sees_findings(self) -> bool:
        """Whether facts that are kept to supervisors are shown to them, and may be corrected by them."""
        if self.kind == "person" and self.person is not None:
            return permissions.sees_findings(self.person)
        return self.kind == "system"


def actor_in(acting: ActingAs, row: Any, playbook: Playbook, state: CaseState, needed: Iterable[str]) -> Actor:
    """The actor with every party it holds in this case; on whose behalf, where it is a delegate for `needed`."""
    if acting.kind == "system":
        return SYSTEM_ACTOR if acting.parties is None else Actor("system", SYSTEM_ACTOR.id, acting.parties)
    number = "" if acting.id is None else str(acting.id)
    if acting.parties is not None:
        return Actor(acting.kind, number, acting.parties)
    if acting.kind == "customer":
        stranger = None not in (acting.id, row.customer_id) and acting.id != row.customer_id
        parties = {"customer", playbook.portal or "customer"}
        return Actor("customer", number, frozenset() if stranger else frozenset(parties))
    return person_actor(number, neighbours.holding(acting.person, row), needed)


def person_actor(number: str, held: Any, needed: Iterable[str]) -> Actor:
    """A person of ours who holds this in a case (`neighbours.holding`)."""
    wanted = [party for party in needed if party in held.parties]
    absent = held.on_behalf_of(wanted[0]) if wanted and not any(party in held.own for party in wanted) else None
    return Actor("person", number, held.parties, "" if absent is None else str(absent), held.stands_in)
