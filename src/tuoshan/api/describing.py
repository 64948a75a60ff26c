"""What the schema says beyond the shapes: problems by their media type, files by theirs, the key of a repeated POST."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from tuoshan.api.problems import MEDIA_TYPE

REPEATABLE: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 120},
    "description": "Sent again with the same key, the request acts once and gives the same answer.",
}

REPEATED: set[str] = set()
"""Operations that read the key, by name. The others write nothing that a repetition would write twice."""


class Described(NinjaAPI):
    """The API with operations called by the name that the permission table has for them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._drawn: dict[str, OpenAPISchema] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.url_name)

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Drawn up once a process: it takes seconds, and nothing in it changes while the process lives."""
        known = repr(sorted(given.items()))
        if known not in self._drawn:
            self._drawn[known] = self._draw(**given)
        return self._drawn[known]

    def _draw(self, **given: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**given)
        for operations in schema["paths"].values():
            for operation in operations.values():
                if operation["operationId"] in REPEATED:
                    operation.setdefault("parameters", []).append(REPEATABLE)
                for status, answer in operation["responses"].items():
                    _typed(int(status), answer)
        return schema


def _typed(status: int, answer: dict[str, Any]) -> None:
    """Problems have a media type of their own; where a file is given, it is not JSON."""
    content = answer.get("content", {})
    if status >= 400 and "application/json" in content:
        answer["content"] = {MEDIA_TYPE: content["application/json"]}
    elif len(content) > 1:
        content.pop("application/json", None)
