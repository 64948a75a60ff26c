"""Answers that are files, and how they stand in the schema."""

from pathlib import Path
from typing import Any

from django.http import FileResponse

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answers(*types: str) -> dict[str, Any]:
    """What an operation that gives a file says of it in the schema."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"responses": {200: {"description": "OK", "content": dict.fromkeys(types, binary)}}}


SHEET = answers(EXCEL)


def sent(place: Path, name: str, *, gone: bool = False) -> FileResponse:
    """A spreadsheet to be saved; `gone`: the file is removed, the open one is all that is left of it."""
    file = place.open("rb")
    if gone:
        place.unlink()
    response = FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)
    response["Cache-Control"] = "private, no-store"
    return response
