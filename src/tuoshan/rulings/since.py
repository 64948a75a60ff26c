"""What a later ruling of a case changed: the item, what came out before and now, and which facts are others."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.rulings import keeping, library, printing, proposing
from tuoshan.rulings.models import KeptRuling


def item_of(row: KeptRuling) -> str:
    """What a ruling is about, as staff call it; empty of a single thing without a name that was ruled on alone."""
    alone = len(keeping.ruled_together(row)) == 1 and not row.label and row.quantity == 1
    return "" if alone else proposing.called(row)


def before(row: KeptRuling, rows: Iterable[KeptRuling]) -> KeptRuling | None:
    """The ruling on the same item that counted until this one, among those of its case: of the newest bench before it
    the line of that name, or that line where it has none."""
    earlier = [one for one in rows if one.pk < row.pk and (not row.session or one.session != row.session)]
    newest = max(earlier, key=lambda one: one.pk, default=None)
    if newest is None:
        return None
    bench = [one for one in earlier if one is newest or (newest.session and one.session == newest.session)]
    named = [one for one in bench if row.label and one.label == row.label]
    found = named or [one for one in bench if one.line == row.line and (not row.label or not one.label)]
    return found[0] if len(found) == 1 else next((one for one in found if one.line == row.line), None)


def same_outcome(row: KeptRuling, other: KeptRuling) -> bool:
    """Whether both say the same of as many pieces, with the same choice, by the same facts."""
    return (row.facts, row.quantity, row.chosen, row.verdict_zh) == (
        other.facts, other.quantity, other.chosen, other.verdict_zh
    )  # fmt: skip


def unchanged_since(row: KeptRuling, counting: Sequence[KeptRuling]) -> bool:
    """Whether the rulings that count now say of this item what this earlier one said."""
    return any((one.label, one.line) == (row.label, row.line) and same_outcome(row, one) for one in counting)


def changed_facts(row: KeptRuling, earlier: KeptRuling) -> list[tuple[str, str]]:
    """The facts that are others than before, each as before and now."""
    facts, was, now = library.facts(), keeping.facts_of(earlier), keeping.facts_of(row)
    names = [name for name in (*facts, *now, *was) if was.get(name) != now.get(name)]
    return [(words(facts[name].field.label) if name in facts else name, f"{_told(name, was)} → {_told(name, now)}")
            for name in dict.fromkeys(names)]  # fmt: skip


def _told(name: str, given: dict[str, object]) -> str:
    return printing.fact_words(library.facts().get(name), given[name]) if name in given else _("没有填")
