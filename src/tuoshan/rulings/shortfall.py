"""By how much a departure stays below what the law gives in a ruling, by which clauses, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.policy.pack import BY_LAW, REMEDIES
from tuoshan.punctuation import in_brackets, in_turn, listed, sentences
from tuoshan.rulings import keeping
from tuoshan.rulings.models import KeptRuling

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ByLaw:
    """What is enough by the law for all pieces of a line, sums on top within each, and the clauses that say so."""

    least: dict[str, Decimal]
    on_top: Decimal
    clauses: tuple[str, ...]


def by_law(row: KeptRuling) -> ByLaw:
    """Nothing in it where the law gives nothing. What is as good as what it gives stands in no clause and is not told.
    """
    result, extra = keeping.result_of(row), keeping.on_top_of(row, by_law=True)
    sources = {
        right["remedy"]: [by for by in right["given_by"] if by["layer"] in BY_LAW] for right in result["rights"]
    }  # fmt: skip
    enough = keeping.enough_by_law(row)
    least = {remedy: enough[remedy] * row.quantity + extra for remedy, by in sources.items() if by and remedy in enough}
    cited = [by for remedy in least for by in sources[remedy]]
    cited += [one["by"] for one in result["extras"].values() if one["by"]["layer"] in BY_LAW]
    articles = {(one["pack"], one["clause"]): one.get("article") or {} for one in result["clauses"]}
    clauses = dict.fromkeys((by["pack"], clause) for by in cited for clause in by["clauses"])
    return ByLaw(least, extra, tuple(_clause(name, articles.get((pack, name), {})) for pack, name in clauses))


def _clause(name: str, article: Mapping[str, str]) -> str:
    """`消法第24条 CPL24`, where the clause names an article."""
    said = article.get("en" if (get_language() or "").startswith("en") else "zh", "")
    return f"{said} {name}" if said else name


def floor_told(row: KeptRuling) -> str:
    """What the law gives at least, for all pieces, with its clauses; empty where it gives nothing."""
    found = by_law(row)
    if not found.least and not found.on_top:
        return ""
    choices = _("或").join(_amount(words(REMEDIES[name]), least) for name, least in found.least.items())
    given = choices or _("另付 %(amount)s") % {"amount": format_money(found.on_top)}
    for_all = [_("%(pieces)d 件一共") % {"pieces": row.quantity}] if row.quantity > 1 else []
    return _("依法至少：%(given)s。") % {"given": in_brackets(given, in_turn([*for_all, listed(found.clauses)]))}


def shortfall_told(row: KeptRuling, remedy: str, amount: Decimal | None) -> str:
    """What a departure gives, what the law gives, and by how much the one is less; empty where it is not."""
    if not keeping.below_law(row, remedy, amount):
        return ""
    found, given = by_law(row), amount or ZERO
    title = words(REMEDIES[remedy]) if remedy in REMEDIES else _("不予支持")
    told = _("“%(given)s”低于法律给消费者的权利。") % {"given": _amount(title, given)}
    return sentences([told, floor_told(row), *_short(found, remedy, given)])


def _short(found: ByLaw, remedy: str, given: Decimal) -> list[str]:
    """The difference in money to the same remedy, else to the one that pays most."""
    least = found.least.get(remedy, max(found.least.values(), default=found.on_top))
    if least <= given:
        return []
    to = remedy if remedy in found.least else max(found.least, key=lambda name: found.least[name], default="")
    short = format_money(least - given)
    if not to:
        return [_("少 %(short)s。") % {"short": short}]
    return [_("比依法应得的（%(remedy)s）少 %(short)s。") % {"remedy": words(REMEDIES[to]), "short": short}]


def _amount(title: str, amount: Decimal) -> str:
    return f"{title} {format_money(amount)}" if amount else title


def amount_is_for(row: KeptRuling) -> str:
    """For how many pieces the sum of a departure is."""
    return _("这一项 %(pieces)d 件一共的金额，不是一件的。") % {"pieces": row.quantity} if row.quantity > 1 else ""
