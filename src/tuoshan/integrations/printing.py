"""`print`: the slip that a customer takes home, kept as evidence of what was promised."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Case
from tuoshan.documents import evidence, pdf
from tuoshan.documents.gaps import whole
from tuoshan.documents.models import Evidence
from tuoshan.documents.papers import Issuer, SlipData
from tuoshan.integrations.recipients import language_of
from tuoshan.integrations.recipients import of_case as customer_of
from tuoshan.knowledge import links, sooner
from tuoshan.knowledge.case_values import due_for_customer, of_case, promised_to_customer
from tuoshan.knowledge.company import company
from tuoshan.parties.models import Person

ON_PAPER = frozenset({"", "counter", "complaint_box", "letter", "fax"})
"""Channels by which somebody gets paper. For all others the slip can be set at any time from the case page; storing
one for each row of a spreadsheet would fill the disk with papers that nobody prints."""


class PaperUnknown(LookupError):
    """The playbook asks for a paper that there is not."""


def print_paper(item: Item, now: datetime) -> None:
    """Set the slip and keep it, visible to the customer. A second run finds the first one's by its note; of an
    erased customer none is kept again.
    """
    target = str(item.data.get("target", "slip"))
    if target != "slip":
        raise PaperUnknown(target)
    case = Case.objects.filter(id=item.case_id or 0).first()
    if case is None or case.channel not in ON_PAPER or _is_kept(case.pk, item.key):
        return
    language = language_of(customer_of(case))
    data = slip_data(case, language=language, seq=int(item.data.get("seq", 0)))
    content = pdf.slip(data, size="a5", language="en" if language == "en" else "zh-hans")
    with override(language):
        name = _("受理回执 %(number)s.pdf") % {"number": case.number}
    with write_transaction():
        kept = evidence.accept(
            file=ContentFile(content, name=name), case_id=case.pk, upload_token=None,
            actor_kind="system", actor_id=None, kind=Evidence.Kind.LETTER, now=now, visible_to_customer=True,
            note=item.key,
        )  # fmt: skip
    if isinstance(kept, evidence.Rejected):
        raise ValueError(kept.sentence)


def _is_kept(case_id: int, key: str) -> bool:
    rows = Evidence.objects.filter(case_id=case_id, actor_kind="system")
    return any(row.note == key or row.erased_at is not None for row in rows)


def slip_data(case: Any, *, language: str, seq: int = 0) -> SlipData:
    """What the slip of a case says now, or said when an event told to print it; the workbench prints the first. Raises
    NotWhole where any of it cannot be decrypted.
    """
    return whole(lambda: _slip_data(case, language, seq))


def _slip_data(case: Any, language: str, seq: int) -> SlipData:
    texts = of_case(case, seq=seq)
    values = texts.values(language)
    house = company()
    playbook, state = texts.playbook, texts.state
    registrant = Person.objects.filter(pk=case.registrant_id or 0).first()
    with override(language):
        earlier = sooner.sentence(playbook, promised_to_customer(playbook, state))
    return SlipData(
        issuer=Issuer(house.named(language), house.hotline, house.address, house.website),
        number=case.number,
        received_at=case.created_at,
        complaint=values.get("what_happened") or case.title,
        tracking_url=links.case_link(case.pk),
        handler=values["handler"],
        handler_phone=house.hotline,
        hear_by=due_for_customer(playbook, state),
        sooner=earlier,
        customer=values["customer"],
        product=values.get("product", ""),
        received_by=registrant.display_name if registrant else "",
    )
