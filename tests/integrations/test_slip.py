"""The slip and the acknowledgment: who handles it, how to reach them, and a code that leads to just this case."""

import re
from datetime import timedelta
from typing import Any

import pytest


def printed(case: Any, monkeypatch: pytest.MonkeyPatch, language: str = "zh-hans") -> dict[str, Any]:
    """What the template of the slip is given."""
    from tuoshan.documents import pdf
    from tuoshan.integrations.printing import slip_data

    given: dict[str, Any] = {}

    def keep(_template: str, content: dict[str, Any], _language: str) -> bytes:
        given.update(content)
        return b"%PDF-"

    monkeypatch.setattr(pdf, "_compile", keep)
    pdf.slip(slip_data(case, language=language), language=language)  # type: ignore[arg-type]
    return given


def read_code(modules: list[str]) -> str:
    """The text of a QR code in bytes of error correction M, read as the standard (ISO/IEC 18004) says."""
    from qrcode import ERROR_CORRECT_M, QRCode
    from qrcode.base import rs_blocks
    from qrcode.util import mask_func

    size = len(modules)
    frame = QRCode((size - 17) // 4, ERROR_CORRECT_M, border=0)
    frame.modules_count, frame.modules = size, [[None] * size for _row in range(size)]
    for row, column in ((0, 0), (size - 7, 0), (0, size - 7)):
        frame.setup_position_probe_pattern(row, column)
    frame.setup_position_adjust_pattern()
    frame.setup_timing_pattern()
    frame.setup_type_info(True, 0)
    if frame.version >= 7:
        frame.setup_type_number(True)
    level_and_mask = int(modules[8][:5], 2) ^ 0b10101
    assert level_and_mask >> 3 == ERROR_CORRECT_M
    is_turned = mask_func(level_and_mask & 0b111)
    bits, upward = "", True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:  # the column of the timing pattern is skipped
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if frame.modules[row][column] is None:
                    bits += str(int(modules[row][column] == "1") ^ int(is_turned(row, column)))
        upward = not upward
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    counts = [block.data_count for block in rs_blocks(frame.version, ERROR_CORRECT_M)]
    blocks: list[list[int]] = [[] for _count in counts]
    stream = iter(words)
    for place in range(max(counts)):
        for block, count in zip(blocks, counts, strict=True):
            if place < count:
                block.append(next(stream))
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    wide = 8 if frame.version < 10 else 16
    assert data[:4] == "0100", "not in bytes"
    length = int(data[4 : 4 + wide], 2)
    read = data[4 + wide :]
    return bytes(int(read[at * 8 : at * 8 + 8], 2) for at in range(length)).decode()


@pytest.mark.parametrize(("language", "desk"), [("zh-hans", "客服中心"), ("en", "Customer service")])
def test_before_anybody_is_named_the_desk_handles_it(
    house: Any, monkeypatch: pytest.MonkeyPatch, language: str, desk: str
) -> None:
    from tuoshan.integrations.printing import slip_data

    case = house.complaint()
    assert case.handler_id is None
    data = slip_data(case, language=language)
    assert (data.number, data.handler, data.handler_phone, data.customer) == (
        case.number, desk, "400-820-1234", "王芳"
    )  # fmt: skip
    assert (data.complaint, data.received_by, data.received_at) == ("收到的杯子碎了", "林悦", case.created_at)
    assert data.hear_by == case.created_at + timedelta(hours=24)
    assert printed(case, monkeypatch, language)["handler"] == desk


def test_once_somebody_handles_it_the_slip_names_them(house: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.integrations.printing import slip_data

    case = house.complaint()
    assert house.act(case, "claim", handler=str(house.colleague.pk)).accepted
    assert slip_data(Case.objects.get(pk=case.pk), language="zh-hans").handler == "马莉"


def test_the_code_leads_to_this_case_and_to_no_other(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.knowledge.links import CASE
    from tuoshan.secrets import read_link

    case, other = house.complaint(), house.complaint()
    made = printed(case, monkeypatch)
    address, modules = made["tracking_url"], made["qr"]
    found = re.fullmatch(r"https://service\.example\.cn/portal/l/([\w:=-]+)", address)
    assert found is not None, address
    assert read_link(CASE, found[1])["case"] == case.pk != other.pk
    assert read_code(modules) == address


def test_the_acknowledgment_says_who_handles_it(house: Any, work: Any) -> None:
    from tuoshan.integrations.models import OutgoingMessage

    case = house.complaint()
    work()
    text = OutgoingMessage.objects.get(case_id=case.id, message="registered").body
    assert f"编号 {case.number}，由客服中心负责" in text and "400-820-1234" in text
