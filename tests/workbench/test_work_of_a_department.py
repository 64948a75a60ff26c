"""A party that is a department finds its work and may open the case, without having been asked to inquire."""

from typing import Any

from tests.workbench.deskhouse import desk

__all__ = ["desk"]


def test_the_laboratory_finds_its_test_and_opens_the_case(desk: Any) -> None:
    from tuoshan.cases import service

    case = desk.accepted()
    qa = desk.client("qa")
    assert case.number not in qa.get("/tasks").content.decode() and qa.get(f"/case/{case.number}").status_code == 404
    done = service.ask_task(case_id=case.pk, task="lab_test", actor=service.ActingAs.by_person(desk.people["agent"]))
    assert done.accepted, done.refusal
    assert case.number in qa.get("/tasks").content.decode()
    page = qa.get(f"/case/{case.number}")
    assert page.status_code == 200 and f"/case/{case.number}/do/task/lab_test" in page.content.decode()
