"""Tags of the evidence: the grid with its viewer, and the field that uploads while a form is filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import template

from tuoshan.documents import drafts, evidence
from tuoshan.documents.limits import MEGABYTE, limits
from tuoshan.documents.models import Evidence
from tuoshan.documents.recognition import CLAIM_GROUP
from tuoshan.documents.showing import shown
from tuoshan.documents.views import described

register = template.Library()

_PICKABLE = sorted(
    f".{extension}" for extension in CLAIM_GROUP if extension not in ("log", "bmp", "tif", "tiff", "avif")
)


@register.inclusion_tag("documents/viewer.html")
def evidence_viewer(
    rows: Iterable[Evidence], for_customer: bool = False, opens_removed: bool = False,
    take_away: Mapping[int, str] = MappingProxyType({}),
) -> dict[str, Any]:  # fmt: skip
    """The files of a case as a grid of small pictures; a click opens the viewer of the page. See `showing.shown`."""
    files = shown(rows, for_customer=for_customer, opens_removed=opens_removed, take_away=take_away)
    return {"files": files, "for_customer": for_customer, "takes_away": bool(take_away)}


@register.inclusion_tag("documents/upload_field.html", takes_context=True)
def evidence_field(
    context: template.Context, token: str, kind: str = "", name: str = "evidence", css: str = "thumbs", most: int = 0
) -> dict[str, Any]:
    """A field that uploads each picked file at once into the draft of `token`; what is there already is listed.

    `kind` empty: judged by the type. The form sends the token as `upload_token`; bind it at registration.
    `most` lowers how many files may be picked. The view sees to it that the token is its reader's (`drafts.usable`).
    """
    bounds, holder = limits(), drafts.holder_of(token)
    return {
        "request": context.get("request"),
        "token": token,
        "holder": holder,
        "kind": kind,
        "name": name,
        "css": css,
        "files": [described(row, token) for row in evidence.of_draft(token, (holder,))],
        "accept": "image/*,video/*," + ",".join(_PICKABLE),
        "most": min(most or bounds.files_per_draft, bounds.files_per_draft),
        "image_megabytes": bounds.image_bytes // MEGABYTE,
        "video_megabytes": bounds.video_bytes // MEGABYTE,
        "other_megabytes": bounds.other_bytes // MEGABYTE,
    }
