"""The fields of the ruling bench: facts as a form asks them, pieces as typed, and in words what of it is refused.

The server alone judges what is typed. A browser that holds a field to bounds of its own keeps the answer back without a
word, and the ruling on the answer before it would stand beside what the field says now.
"""

import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.forms import NumberInput
from django.http import QueryDict
from django.utils.translation import gettext as _

from tuoshan.cases.forms import PlaybookForm, build_form, words
from tuoshan.core.playbook import Field, Wording
from tuoshan.core.policy.given import FactProblem
from tuoshan.core.policy.pack import Fact
from tuoshan.core.policy.statements import Ruling
from tuoshan.identifiers import is_id
from tuoshan.rulings.totals import MOST_PIECES

NOTHING: Mapping[Any, Any] = MappingProxyType({})
OF_THE_LINE = ("label", "quantity", "choice")
"""What is said of a line beside its facts: what it is called, how many pieces, which remedy is chosen."""


def fact_form(
    facts: Mapping[str, Fact], names: Sequence[str], prefix: str, given: Mapping[str, str],
    told: Mapping[str, str] = NOTHING, problems: Iterable[FactProblem] = (),
) -> PlaybookForm:  # fmt: skip
    """Fields for some facts, none required: what is left open stays a question. `told`: where a value comes from;
    `problems`: what is refused, said beside its field."""
    fields = [_asked(facts[name], known=bool(given), told=told.get(name, "")) for name in names]
    data = {f"{prefix}-{name}": given[name] for name in names if name in given} if given else None
    form = build_form(fields, data=data, prefix=prefix)
    for name, field in form.fields.items():
        if isinstance(field.widget, NumberInput):
            _takes_text(field.widget, part_of_a_sum=name == "paid")
    if given:
        form.is_valid()
        form.errors.clear()
    for problem in problems:
        if problem.fact in form.fields:
            form.add_error(problem.fact, words(problem.message))
    return form


def _takes_text(widget: Any, *, part_of_a_sum: bool) -> None:
    """A browser would empty a field for numbers of `100.00/3` or `6 cm`, and nobody would say why it is refused."""
    widget.input_type = "text"
    for name in ("min", "max", "step", *(["inputmode"] if part_of_a_sum else [])):
        widget.attrs.pop(name, None)


def _asked(fact: Fact, *, known: bool, told: str = "") -> Field:
    """A fact as a form asks it: by its label where it is known, else by its question; with its unit."""
    said, unit = fact.field.label if known else fact.ask, fact.field.unit
    label = Wording(f"{said.zh}（{unit.zh}）" if unit.zh else said.zh, f"{said.en} ({unit.en})" if unit.en else said.en)
    return replace(fact.field, required=False, show_if=None, label=label, help=Wording(told, told))


def pieces_of(typed: str) -> tuple[int, str]:
    """How many pieces are meant, and why what was typed cannot be taken; one where nothing was typed."""
    if not typed:
        return 1, ""
    narrow = unicodedata.normalize("NFKC", typed[:20]).strip().removesuffix("件").rstrip()
    if is_id(narrow) and 1 <= int(narrow) <= MOST_PIECES:
        return int(narrow), ""
    told = {"most": MOST_PIECES, "typed": typed[:20]}
    return 1, _("“件数”要填 1 到 %(most)d 的整数，不能是“%(typed)s”。") % told


def known_alone(query: QueryDict, known: Container[str]) -> tuple[QueryDict, list[str]]:
    """An address without the facts that no book knows (any more), and which these were, with what they said."""
    unknown = {name: name.partition("-")[2] for name in query if _of_a_line(name)}
    dropped = {name: fact for name, fact in unknown.items() if fact not in known and fact not in OF_THE_LINE}
    if not dropped:
        return query, []
    kept = query.copy()
    for name in dropped:
        del kept[name]
    return kept, [f"{fact}={query[name]}"[:80] for name, fact in dropped.items()]


def _of_a_line(name: str) -> bool:
    head, dash, _fact = name.partition("-")
    return bool(dash) and head[:1] == "f" and is_id(head[1:])


def settling(ruling: Ruling, given: Mapping[str, Any]) -> list[str]:
    """The facts that are not asked and by which a last day may be later than the one told."""
    lengthening = [*(one.later for one in ruling.rights), *(one.later for one in ruling.periods)]
    told = (more.fact for later in lengthening for more in later)
    asked = {one.fact for one in (*ruling.questions, *ruling.optional)}
    return [name for name in dict.fromkeys(told) if name not in given and name not in asked]
