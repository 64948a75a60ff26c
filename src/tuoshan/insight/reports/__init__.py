"""Reports: numbers of a period within a person's reach, each of which leads to the very cases it counts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuoshan.parties.permissions import OVERSIGHT

PAGES: dict[str, Any] = {
    "overview": _("总览"), "volumes": _("业务量"), "categories": pgettext_lazy("report", "类别"),
    "products": pgettext_lazy("report", "商品"), "causes": _("原因与责任方"),
    "channels": pgettext_lazy("report", "来源"), "clocks": pgettext_lazy("report", "时限"), "people": _("经办人与单位"),
    "satisfaction": _("满意度"), "lessons": _("整改"), "overrides": _("不按裁定处理统计"),
}  # fmt: skip
"""The pages by name, in their order."""
READERS: dict[str, frozenset[str]] = {"overrides": OVERSIGHT}
"""Pages that not everybody may read who reads reports."""


def pages_of(person: Any) -> dict[str, Any]:
    """The pages that a person may read."""
    roles = person.role_keys()
    return {name: title for name, title in PAGES.items() if name not in READERS or not READERS[name].isdisjoint(roles)}
