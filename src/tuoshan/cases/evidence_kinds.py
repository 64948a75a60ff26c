"""What a piece of evidence can be, in words: one list for what is attached, what is asked for and what is refused."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TITLES: Final[dict[str, Promise]] = {
    "photo": pgettext_lazy("evidence", "照片"),
    "video": pgettext_lazy("evidence", "视频"),
    "receipt": pgettext_lazy("evidence", "购物凭证"),
    "contract": pgettext_lazy("evidence", "合同"),
    "report": pgettext_lazy("evidence", "报告"),
    "test_report": pgettext_lazy("evidence", "检测报告"),
    "finding": pgettext_lazy("evidence", "调查结论"),
    "agreement": pgettext_lazy("evidence", "协议"),
    "voucher": pgettext_lazy("evidence", "付款凭证"),
    "waybill": pgettext_lazy("evidence", "运单"),
    "recording": pgettext_lazy("evidence", "录音"),
    "proof": pgettext_lazy("evidence", "证明"),
    "label": pgettext_lazy("evidence", "标签"),
    "screenshot": pgettext_lazy("evidence", "截图"),
    "quote": pgettext_lazy("evidence", "报价单"),
    "letter": pgettext_lazy("evidence", "信函"),
    "other": pgettext_lazy("evidence", "其他"),
}
ANY_TITLE: Final = pgettext_lazy("evidence", "任意凭证")
