"""Personal values on their way in: the text goes to `cases_words`, the case gets its keyed hash."""

from collections.abc import Iterable, Mapping
from typing import Any

from tuoshan.core.facts import Words
from tuoshan.core.playbook import Field, Playbook
from tuoshan.secrets import words_ref


def form_fields(playbook: Playbook, kind: str, name: str, task: str = "") -> dict[str, Field]:
    """The fields that a command of this kind fills in, by name."""
    fields: Iterable[Field] = ()
    match kind:
        case "start":
            fields = playbook.register
        case "act" | "step_back" if name in playbook.actions:
            fields = playbook.actions[name].form
        case "task":
            task_name = (task or name).partition("#")[0].partition("[")[0]
            fields = playbook.tasks[task_name].form if task_name in playbook.tasks else ()
        case "ask" if name in playbook.tasks:
            fields = playbook.tasks[name].form
        case "hold" if name in playbook.holds:
            fields = playbook.holds[name].form
    return {**playbook.facts, **{field.name: field for field in fields}}


def without_words(fields: Mapping[str, Field], values: Mapping[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """The values with every personal text replaced by its reference; the texts are added to `words`.

    A value whose field is unknown is taken for personal when it is a text: the kernel refuses it anyway.
    """
    return {name: _replaced(fields.get(name), fields, value, words) for name, value in values.items()}


def _replaced(field: Field | None, fields: Mapping[str, Field], value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, Mapping):
        return without_words(fields, value, words)
    if isinstance(value, str) and value and (field is None or field.personal):
        return hidden(value, words)
    return value


def hidden(text: str, words: dict[str, str]) -> Words:
    """The reference that stands for this text."""
    ref = words_ref(text)
    words[ref] = text
    return Words(ref)
