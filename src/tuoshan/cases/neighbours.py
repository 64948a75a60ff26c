"""What cases ask of modules above them, by name, so that no import points up.

Each answer has a plain meaning where the module is not installed: then nobody holds a party and nobody is
chosen. The names are resolved once.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from tuoshan.core.case import Assignment

HOLDING = "tuoshan.parties.holding"
ASSIGNMENT = "tuoshan.parties.assignment"
REACH = "tuoshan.parties.reach"
EVIDENCE = "tuoshan.documents.evidence"
EVIDENCE_MODELS = "tuoshan.documents.models"


@dataclass(frozen=True)
class NoHolding:
    """The answer where there are no people."""

    own: frozenset[str] = frozenset()
    for_absent: Mapping[int, frozenset[str]] = field(default_factory=dict)
    parties: frozenset[str] = frozenset()

    stands_in: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def on_behalf_of(self, party: str) -> int | None:
        return None


@cache
def _named(module: str, name: str) -> Callable[..., Any] | None:
    try:
        found: Callable[..., Any] | None = getattr(import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            return None
        raise
    return found


def holding(person: Any, case: Any) -> Any:
    """What the person holds in the case: `own`, `parties`, `stands_in`, `on_behalf_of(party)`."""
    found = _named(HOLDING, "holding")
    return found(person, case) if found else NoHolding()


def choose(
    party: str, case: Any, excluding: frozenset[int] = frozenset(), deciding: int | None = None
) -> Assignment | None:
    """Whom the company's assignment gives the party to, with its reason; never one of `excluding`.

    `deciding` is who takes the decision at hand; it is theirs where they could be given it.
    """
    found = _named(ASSIGNMENT, "choose")
    chosen = found(party, case, excluding=excluding, deciding=deciding) if found else None
    return Assignment(str(chosen.person_id), chosen.reason) if chosen else None


def persons_for(party: str, case: Any, excluding: frozenset[str] = frozenset()) -> list[Any]:
    """Who can act as the party now; none of `excluding`, nor who does so only by standing in for one of them."""
    found = _named(HOLDING, "persons_for")
    return list(found(party, case, excluding=excluding)) if found else []


def case_filter(person: Any) -> Any:
    """The condition on cases for what the person may see; None where there are no people."""
    found = _named(REACH, "case_filter")
    return found(person) if found else None


def ways(person: Any) -> Mapping[str, Any]:
    """The same condition by its ways, of which any one is enough; none where everything is seen."""
    found = _named(REACH, "ways")
    return found(person) if found and case_filter(person) else {}


def nearby(person: Any) -> Any:
    """The same condition, asked of a case at hand instead of looking up all that fulfil it."""
    found = _named(REACH, "nearby")
    return found(person) if found else None


def departments(person: Any) -> frozenset[str]:
    """The kinds of department whose part in a case shows it to the person."""
    found = reach(person)
    return frozenset(found.departments) if found else frozenset()


def reach(person: Any) -> Any:
    """`everything` and the like; None where there are no people."""
    found = _named(REACH, "reach")
    return found(person) if found else None


def identity(person: Any) -> Any:
    """All that the person's reach and own queues follow from, hashable; None where there are no people."""
    found = _named(REACH, "identity")
    return found(person) if found else None


def reaches(person: Any, case: Any) -> bool:
    """Whether the person may see this case; everybody may where there are no people."""
    found = _named(REACH, "reaches")
    return bool(found(person, case)) if found else True


def units_within(person: Any) -> frozenset[int]:
    """The org units all of whose cases the person sees."""
    found = _named(REACH, "units_within")
    return frozenset(found(person)) if found else frozenset()


def bind_uploads(token: str, case_id: int, holders: Collection[str]) -> list[int]:
    """Give the files uploaded under a draft's token of one of these holders to the case; their ids."""
    found = _named(EVIDENCE, "bind")
    return list(found(token, case_id, holders)) if found and token else []


def drafted_uploads(token: str, holders: Collection[str]) -> list[int]:
    """The files uploaded under a draft's token of one of these holders that no case has taken; their ids."""
    found = _named(EVIDENCE, "of_draft")
    return [row.id for row in found(token, holders)] if found and token else []


def return_uploads(ids: Sequence[int]) -> None:
    """Give files back to their draft, so that the form that was refused lists them again."""
    found = _named(EVIDENCE, "return_draft")
    if found and ids:
        found(ids)


def evidence_kinds(case_id: int, ids: Sequence[int]) -> dict[int, str]:
    """The kind of each of these pieces of evidence that belongs to the case and was not removed."""
    model: Any = _named(EVIDENCE_MODELS, "Evidence")
    if model is None or not ids:
        return {}
    return dict(model.objects.filter(case_id=case_id, removed_at=None, id__in=list(ids)).values_list("id", "kind"))


def on_their_page(case_id: int, ids: Sequence[int]) -> bool:
    """Whether at least one of these pieces of evidence stands on the page of the case."""
    model: Any = _named(EVIDENCE_MODELS, "Evidence")
    shown = {"visible_to_customer": True, "supervisors_only": False, "removed_at": None}
    return model is not None and model.objects.filter(case_id=case_id, id__in=list(ids), **shown).exists()


def verify_evidence() -> Iterator[Any]:
    """Faults of stored files, each with its `case_id`."""
    found = _named(EVIDENCE, "verify")
    yield from found() if found else ()
