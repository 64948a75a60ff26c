"""Reports: numbers of a period within a person's reach, each of which leads to the very cases it counts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

PAGES: dict[str, Any] = {
    "overview": _("总览"), "volumes": _("业务量"), "categories": _("类别"), "causes": _("原因与责任方"),
    "channels": _("来源"), "clocks": _("时限"), "people": _("经办人与单位"), "satisfaction": _("满意度"),
    "lessons": _("整改"),
}  # fmt: skip
"""The pages by name, in their order."""
