"""What a step would bring, told while its form is being filled in: the grade that follows, and what clocks will do."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tuoshan.cases.clock_views import clock_views
from tuoshan.cases.forms import PlaybookForm, choices_of, words
from tuoshan.cases.personal import form_fields, without_words
from tuoshan.cases.possible import Standing
from tuoshan.core.case import Command
from tuoshan.core.conditions.errors import TableError
from tuoshan.core.decide import decide
from tuoshan.core.possible import Possible
from tuoshan.core.work import Work
from tuoshan.punctuation import titled


def lines(standing: Standing, item: Possible, form: PlaybookForm | None = None) -> list[str]:
    """Sentences for the form as it stands, from the facts alone where it is fresh; none where nothing can be known."""
    if item.kind != "act" or item.blocked is not None:
        return []
    asked = {field.name for field in item.form}
    values = {name: value for name, value in standing.state.facts.items() if name in asked}
    if form is not None:
        form.is_valid()
        values |= form.values()
    return [*_from_tables(standing, item, values), *_clocks(standing, item, values)]


def _from_tables(standing: Standing, item: Possible, values: Mapping[str, Any]) -> Iterator[str]:
    """What the step will read off the company's tables, such as the grade, as soon as all it depends on is given."""
    playbook = standing.playbook
    scope = Work(playbook, standing.state, standing.now, standing.around).scope()
    action = playbook.actions.get(item.name)
    for verb in action.do if action else ():
        for name, value in verb.arguments.items():
            field = playbook.facts.get(name)
            if field is None or not isinstance(value, Mapping) or "table" not in value:
                continue
            keys = tuple(values.get(key) for key in value.get("of", ()))
            if None in keys:
                continue
            try:
                found = str(scope.table(str(value["table"]), keys))
            except TableError:
                continue
            title = dict(choices_of(field)).get(found, found)
            yield titled(words(field.label), title)


def _clocks(standing: Standing, item: Possible, values: Mapping[str, Any]) -> Iterator[str]:
    given = without_words(form_fields(standing.playbook, "act", item.name), dict(values), {})
    command = Command("act", item.name, standing.actor, given, tuple(k.split("|")[0] for k in item.evidence))
    decision = decide(standing.playbook, standing.state, command, standing.now, standing.around)
    if decision.refusal is not None:
        return
    work = Work(standing.playbook, decision.case, standing.now, standing.around)
    before = {key: one.due for key, one in standing.state.clocks.items()}
    for view in clock_views(standing.playbook, decision.case, work):
        if view.open and view.due is not None and before.get(view.key) != view.due:
            at = date_format(timezone.localtime(view.due), "Y-m-d H:i")
            yield _("“%(clock)s”将于 %(at)s 到期") % {"clock": view.title, "at": at}
        elif view.open and view.due is None and before.get(view.key) is not None:
            yield _("“%(clock)s”将暂停计时") % {"clock": view.title}
