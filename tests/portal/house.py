"""A company with one handler, and complaints brought to where the customer comes in."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.intake.arrivals import Came
from tuoshan.intake.registering import Contact, register_complaint
from tuoshan.knowledge.links import case_link
from tuoshan.parties.models import Person

PHONE, OTHER_PHONE = "13800138000", "13911112222"
SECRET = "内部机密"
"""Stands in everything that no customer may ever read."""


def person() -> Person:
    found = Person.objects.filter(username="zhou").first()
    if found is None:
        found = Person.objects.create_user("zhou", "a long password")
        found.display_name = "周敏"
        found.save()
    return found


def staff(*parties: str) -> ActingAs:
    return ActingAs("person", person().pk, None, frozenset(parties))


def begin(text: str = "洗衣机漏水", *, phone: str = PHONE, name: str = "王女士", **values: Any) -> Case:
    registered = register_complaint(
        values={"what_happened": text, **values}, contact=Contact(phone=phone, name=name), came=Came("web")
    )
    assert registered.outcome.refusal is None
    return fresh(registered.outcome.case_id)


def fresh(case: Case | int) -> Case:
    return Case.objects.get(pk=case if isinstance(case, int) else case.pk)


def take(case: Case, action: str, *parties: str, values: dict[str, Any] | None = None, **more: Any) -> Case:
    outcome = service.act(case_id=case.pk, action=action, actor=staff(*parties), values=values or {}, **more)
    assert outcome.refusal is None, (action, outcome.refusal)
    return fresh(case)


def accepted(case: Case) -> Case:
    return take(
        case, "accept_simple", "service_desk",
        values={
            "category": "1", "impact": "low", "urgency": "low", "next_step": "明天上午联系您",
            "handler": str(person().pk),
        },
    )  # fmt: skip


def proposed(case: Case, *, remedy: str = "换门封条", amount: str = "0", finding: str = "") -> Case:
    """The proposal of an ordinary case within the free limit goes to the customer at once."""
    values = {
        "cause": "material", "root_cause": f"{SECRET}根本原因", "liable": "product", "remedies": ["repair"],
        "remedy_steps": remedy, "amount": Decimal(amount), "carry_out_by": date(2026, 3, 10),
    }  # fmt: skip
    if finding:
        values |= {"liable": "person", "finding_person": finding}
    return take(case, "propose", "handler", values=values)


def offered(**more: Any) -> Case:
    return proposed(accepted(begin(**more)))


def answered(case: Case) -> Case:
    """The customer agreed, and it was done."""
    from tuoshan.cases.models import Task

    outcome = service.act(case_id=case.pk, action="agree", actor=ActingAs.by_customer(case.customer_id))
    assert outcome.refusal is None
    task = Task.objects.get(case_id=case.pk, name="remedy", status="open")
    outcome = service.complete_task(
        case_id=case.pk, task_key=task.key, actor=staff("executor", "handler"), values={"how_done": "已换好"},
        evidence=[proof(case)], outcome="settled",
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    deliver()
    return fresh(case)


def proof(case: Case, *, visible: bool = False, name: str = "voucher.jpg", kind: str = "photo") -> int:
    """A photo handed in by staff."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from tests.documents import samples

    from tuoshan import clock
    from tuoshan.documents import evidence
    from tuoshan.documents.models import Evidence

    taken = evidence.accept(
        file=SimpleUploadedFile(name, samples.image("JPEG")), case_id=case.pk, upload_token=None, actor_kind="person",
        actor_id=person().pk, kind=kind, now=clock.now(), visible_to_customer=visible,
    )  # fmt: skip
    assert isinstance(taken, Evidence)
    return int(taken.pk)


def deliver() -> None:
    """Do all that is due now."""
    from tuoshan.agenda import worker

    worker.drain()


def opened(case: Case, client: Client | None = None) -> Client:
    """A browser that came by the link of a message."""
    client = client or Client()
    link = case_link(case.pk)
    assert client.get(link[link.index("/portal/") :]).status_code == 302
    return client


def page_of(case: Case, client: Client | None = None) -> str:
    response = (client or opened(case)).get(f"/portal/case/{case.number}")
    assert response.status_code == 200
    return str(response.content.decode())


def fields_of(page: str, name: str) -> dict[str, str]:
    """The hidden fields of the form that takes this step."""
    import re

    form = next(part for part in page.split("<form")[1:] if f'name="name" value="{name}"' in part)
    form = form.split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    found.pop("csrfmiddlewaretoken", None)
    return found
