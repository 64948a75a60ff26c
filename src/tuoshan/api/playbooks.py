"""Playbooks: which are in use, one in full (as data, or as a picture's data with where a case stands), their files."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan.api.application import gives
from tuoshan.api.formwork import judged, posted
from tuoshan.api.problems import Problem
from tuoshan.api.reading import field_out, find_case, standing_of
from tuoshan.api.shapes import FieldOut, PlaybookOut
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.core.playbook import Action, Playbook, State
from tuoshan.core.reading import Finding
from tuoshan.office.settings import playbook_files as files
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["playbooks"])


class StateOut(Schema):
    """A state: its phase, for whom it waits; `here`, `been`: of the case asked about."""

    name: str
    title: str
    phase: str
    waits_for: list[str]
    end: str
    here: bool
    been: bool


class ActionOut(Schema):
    """An action: from where to where, by whom, with which form; `taken`: in the case asked about."""

    name: str
    title: str
    sources: list[str]
    to: str
    by: list[str]
    automatic: bool
    fields: list[FieldOut]
    evidence: list[str]
    taken: bool


class PlaybookFull(Schema):
    """A playbook in full."""

    key: str
    version: int
    hash: str
    title: str
    source: str
    parties: dict[str, str]
    states: list[StateOut]
    actions: list[ActionOut]
    tasks: dict[str, str]
    deadlines: dict[str, str]


class FindingOut(Schema):
    """One finding of the checker: what is wrong where, and the mend."""

    check: int
    severity: str
    file: str
    line: int
    where: str
    message: str
    mend: str


class FileRow(Schema):
    """A playbook file: what it holds, what is found in it, how many open cases go by it and by earlier versions."""

    name: str
    playbook: str
    version: int | None
    hash: str
    is_own: bool
    open_here: int
    open_before: int
    versions: int
    findings: list[FindingOut]


class FileIn(Schema):
    """A file to check or to use."""

    name: str
    text: str


class FileOut(Schema):
    """A file as it lies there."""

    name: str
    text: str


class CheckedOut(Schema):
    """What the checker says; `used`: it is now in use."""

    playbook: str
    version: int | None
    findings: list[FindingOut]
    used: bool


@router.get("/playbooks", response=gives(list[PlaybookOut]), url_name="playbook_list", summary="Playbooks")
@api_permitted("api.playbook_list")
def playbook_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The playbooks that new cases may begin with."""
    return [
        {
            "key": book.key, "version": book.version, "hash": book.hash, "title": words(book.title),
            "source": book.source, "register_fields": [field_out(item) for item in book.register],
            "states": {name: words(state.title) for name, state in book.states.items()},
            "actions": {name: words(action.title) for name, action in book.actions.items()},
        }
        for book in library.everything().values()
    ]  # fmt: skip


@router.get("/playbooks/{key}", response=gives(PlaybookFull), url_name="playbook_read", summary="One playbook")
@api_permitted("api.playbook_read")
def playbook_read(request: HttpRequest, key: str, case: str = "") -> dict[str, Any]:
    """The version in use; with `case` (a number) the version that the case is pinned to, and where it stands."""
    if case:
        standing = standing_of(request, find_case(request, case))
        state = standing.state
        return _full(standing.playbook, state.state, set(state.entered), set(state.actions))
    try:
        return _full(library.current(key), "", set(), set())
    except PlaybookUnknown as error:
        raise Http404 from error


def _full(book: Playbook, here: str, been: set[str], taken: set[str]) -> dict[str, Any]:
    def state_out(state: State) -> dict[str, Any]:
        return {
            "name": state.name, "title": words(state.title), "phase": state.phase, "end": state.end or "",
            "waits_for": list(state.waits.parties) if state.waits else [], "here": state.name == here,
            "been": state.name in been,
        }  # fmt: skip

    def action_out(action: Action) -> dict[str, Any]:
        return {
            "name": action.name, "title": words(action.title), "sources": list(action.sources), "to": action.to or "",
            "by": list(action.by), "automatic": bool(action.automatic), "evidence": list(action.evidence),
            "fields": [field_out(item) for item in action.form], "taken": action.name in taken,
        }  # fmt: skip

    return {
        "key": book.key, "version": book.version, "hash": book.hash, "title": words(book.title), "source": book.source,
        "parties": {name: words(party.title) for name, party in book.parties.items()},
        "states": [state_out(state) for state in book.states.values()],
        "actions": [action_out(action) for action in book.actions.values()],
        "tasks": {name: words(task.title) for name, task in book.tasks.items()},
        "deadlines": {name: words(one.title) for name, one in book.deadlines.items()},
    }  # fmt: skip


# -- files -----------------------------------------------------------------------------------------------------------


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "check": one.check, "severity": one.severity, "file": one.file, "line": one.line, "where": one.where,
        "message": words(one.message), "mend": words(one.mend),
    }  # fmt: skip


@router.get("/settings/playbooks", response=gives(list[FileRow]), url_name="playbook_files", summary="Files in use")
@api_permitted("api.playbook_files")
def playbook_files(request: HttpRequest) -> list[dict[str, Any]]:
    """Every file with what was found in it."""
    return [
        {
            "name": one["name"], "playbook": one["book"].key if one["book"] else "", "is_own": one["is_own"],
            "version": one["book"].version if one["book"] else None, "hash": one["book"].hash if one["book"] else "",
            "open_here": one["open_here"], "open_before": one["open_before"], "versions": one["versions"],
            "findings": [_finding(found) for found in one["findings"]],
        }
        for one in files.files()
    ]  # fmt: skip


@router.post("/settings/playbooks/check", response=gives(CheckedOut), url_name="playbook_check", summary="Check a file")
@api_permitted("api.playbook_check")
def playbook_check(request: HttpRequest, body: FileIn) -> dict[str, Any]:
    """Read and check a file; nothing is put into use."""
    _name, _text, book, findings = _checked(body)
    return _said(book, findings, used=False)


@router.get("/settings/playbooks/{name}", response=gives(FileOut), url_name="playbook_file", summary="One file")
@api_permitted("api.playbook_file")
def playbook_file(request: HttpRequest, name: str) -> dict[str, str]:
    """The text in use under this file name."""
    return {"name": name, "text": files.text_in_use(name)}


@router.put("/settings/playbooks", response=gives(CheckedOut), url_name="playbook_use", summary="Put a file into use")
@api_permitted("api.playbook_use")
def playbook_use(request: HttpRequest, body: FileIn) -> dict[str, Any]:
    """Put a file into use when nothing is wrong with it; open cases go on by the version they began with."""
    name, text, book, findings = _checked(body)
    wrong = [_finding(one) for one in findings if one.severity == "error"]
    if wrong:
        raise Problem(422, "broken_playbook", wrong[0]["message"], wrong[0]["mend"], facts={"findings": wrong})
    files.use(request, name, text, book)
    return _said(book, findings, used=True)


@router.delete(
    "/settings/playbooks/{name}", response=gives(None, 204), url_name="playbook_back", summary="As delivered"
)
@api_permitted("api.playbook_back")
def playbook_back(request: HttpRequest, name: str) -> tuple[int, None]:
    """Go back to the file that came with the system; 404 where there is none of our own in its place."""
    files.back(request, name)
    return 204, None


def _checked(body: FileIn) -> tuple[str, str, Playbook | None, list[Finding]]:
    given = judged(files.FileForm(posted(body.dict()))).cleaned_data
    book, findings = files.checked(given["name"], given["text"])
    return given["name"], given["text"], book, findings


def _said(book: Playbook | None, findings: list[Finding], *, used: bool) -> dict[str, Any]:
    return {
        "playbook": book.key if book else "", "version": book.version if book else None, "used": used,
        "findings": [_finding(one) for one in findings],
    }  # fmt: skip
