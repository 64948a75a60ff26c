"""Papers that would have a gap: something on them was written under a key that is not here.

What goes to a customer is not printed then (`whole`). A paper of the house's own must be had even when the key is lost
for good; it says at its head that it is not complete (`with_gaps`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from tuoshan.punctuation import listed
from tuoshan.secrets import Unreadable, noticing

Data = TypeVar("Data")
MOST_NAMED = 3


class NotWhole(Exception):
    """A paper for a customer was not set; says why, and who does what about it, in the reader's language."""

    def __init__(self, missing: Iterable[Unreadable]) -> None:
        super().__init__()
        self.missing = tuple(missing)

    def __str__(self) -> str:
        return _(
            "这份文件要交给客户，其中有内容无法解密，所以没有打印：%(where)s。写它的密钥不在这里：请管理员把原来的密钥放回"
            "（TUOSHAN_FIELD_KEYS 或 keys/fields，排在现用的后面）并重启，再来打印。"
        ) % {"where": _where(self.missing)}


def whole(gather: Callable[[], Data]) -> Data:
    """What stands on a paper for a customer. Raises NotWhole where any of it cannot be decrypted."""
    data, missing = _gathered(gather)
    if missing:
        raise NotWhole(missing)
    return data


def with_gaps(gather: Callable[[], Data]) -> tuple[Data, str]:
    """What stands on a paper of the house's own, and what its head says of what is missing; empty where nothing is."""
    data, missing = _gathered(gather)
    if not missing:
        return data, ""
    said = _("本件不完整：其中有内容无法解密，写它的密钥不在这里：%(where)s。")
    return data, said % {"where": _where(missing)}


def _gathered(gather: Callable[[], Data]) -> tuple[Data, list[Unreadable]]:
    """What was met on the way and stands on no paper leaves no gap."""
    with noticing() as met:
        data = gather()
    return data, [one for one in met if _stands_in(data, str(one))]


def _stands_in(value: Any, said: str) -> bool:
    match value:
        case str():
            return said in value
        case Mapping():
            return any(_stands_in(one, said) for one in value.values())
        case list() | tuple():
            return any(_stands_in(one, said) for one in value)
    return is_dataclass(value) and any(_stands_in(getattr(value, one.name), said) for one in fields(value))


def _where(missing: Iterable[Unreadable]) -> str:
    """Columns with the moments at which they were written, as the log names them."""
    told = dict.fromkeys(_("%(place)s（%(since)s 写入）") % {"place": one.place, "since": one.since} for one in missing)
    return listed(list(told)[:MOST_NAMED]) + ("…" if len(told) > MOST_NAMED else "")
