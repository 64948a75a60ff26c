"""The port to short messages: any gateway that speaks HTTP, described in the settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuoshan.integrations.failures import DeliveryError
from tuoshan.integrations.models import OutgoingMessage, SmsGateway
from tuoshan.knowledge import wording
from tuoshan.knowledge.company import company

if TYPE_CHECKING:
    import httpx

_ANSWER_BYTES = 4000
_CONDITION = re.compile(r"\s*([\w.]+)\s*(==|in)\s*(.+?)\s*")


class GatewayWrong(ValueError):
    """The gateway's settings make no sense; says which."""


def gateway() -> SmsGateway | None:
    """The gateway that is on."""
    return SmsGateway.objects.filter(is_on=True).order_by("-id").first()


def send(port: SmsGateway, row: OutgoingMessage) -> str:
    """Hand one message over; the gateway's own number for it. Raises DeliveryError.

    `Idempotency-Key` is the same for every try of the same message, so a gateway that knows it sends once.
    """
    import httpx

    values = placeholders(row)
    try:
        body = filled(port, values)
        headers = {**header_pairs(port), "Idempotency-Key": row.key}
    except GatewayWrong as error:
        raise DeliveryError(f"gateway settings: {error}") from error
    given: dict[str, Any] = {"params": body} if port.method == "GET" else (
        {"json": body} if port.format == "json" else {"data": body}
    )  # fmt: skip
    try:
        with httpx.Client(timeout=port.timeout_seconds, follow_redirects=False, trust_env=False) as client:
            answer = client.request(port.method, port.url, headers=headers, **given)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    data = _read(answer)
    try:
        taken = answer.is_success and succeeded(port.success, data)
    except GatewayWrong as error:
        raise DeliveryError(f"gateway settings: {error}") from error
    if not taken:
        raise DeliveryError(f"{answer.status_code}: {answer.text[:_ANSWER_BYTES]}")
    return str(at_path(data, port.id_path) or "")[:200] if port.id_path else ""


def placeholders(row: OutgoingMessage) -> dict[str, str]:
    """What a gateway's template may use."""
    number = row.to.strip()
    national = number.removeprefix("+86")
    return {
        "to": number, "national": national, "text": row.body, "key": row.key, "company": company().named(row.language),
    }  # fmt: skip


def filled(port: SmsGateway, values: Mapping[str, str]) -> Any:
    """The body: placeholders are filled inside JSON strings or form values, so that no text can break out of them.

    Raises GatewayWrong for a template that is no JSON or no lines of `name=value`.
    """
    if port.format == "json" and port.method != "GET":
        try:
            template = json.loads(port.body)
        except ValueError as error:
            raise GatewayWrong(f"body: {error}") from error
        return _inside(template, values)
    pairs: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in port.body.splitlines())):
        name, sign, value = line.partition("=")
        if not sign:
            raise GatewayWrong(f"body: {line}")
        pairs[name.strip()] = _put(value.strip(), values)
    return pairs


def _inside(part: Any, values: Mapping[str, str]) -> Any:
    match part:
        case str():
            return _put(part, values)
        case list():
            return [_inside(one, values) for one in part]
        case dict():
            return {name: _inside(one, values) for name, one in part.items()}
    return part


def _put(text: str, values: Mapping[str, str]) -> str:
    return wording.VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def header_pairs(port: SmsGateway) -> dict[str, str]:
    """Lines `Name: value`. Raises GatewayWrong."""
    pairs: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in port.headers.splitlines())):
        name, sign, value = line.partition(":")
        if not sign or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip()):
            raise GatewayWrong(f"headers: {name[:20]}")
        pairs[name.strip()] = value.strip()
    return pairs


def succeeded(condition: str, answer: Any) -> bool:
    """Whether the answer means success. Raises GatewayWrong for a condition that cannot be read."""
    if not condition.strip():
        return True
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise GatewayWrong(f"success: {condition}")
    found = _plain(at_path(answer, match[1]))
    wanted = [match[3]] if match[2] == "==" else match[3].split(",")
    return found in {one.strip().strip("'\"") for one in wanted}


def at_path(answer: Any, path: str) -> Any:
    """`data.0.id`: through objects by name and lists by position; None where there is nothing."""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def check(port: SmsGateway) -> None:
    """Try the settings without sending. Raises GatewayWrong."""
    sample = {"to": "+8613800000000", "national": "13800000000", "text": '"测试"', "key": "test", "company": "妥善"}
    filled(port, sample)
    header_pairs(port)
    succeeded(port.success, {})
    if not port.url.startswith(("http://", "https://")):
        raise GatewayWrong("url")
