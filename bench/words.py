"""What customers say in the measurements; the peer's tickets are made of the same sentences."""

RARE, COMMON = "漏水", "退货"
"""Two-character words; the rare one stands in one case of 5,000, the common one in every third."""

_GOODS = ("电饭锅", "运动鞋", "双肩包", "羽绒服", "坚果礼盒", "吹风机", "儿童书桌", "保温杯", "洗衣液", "蓝牙耳机")
_TROUBLE = (
    "用了三天就坏了，开关怎么按都没有反应",
    "颜色和图片完全不一样，家里人看了都说不像同一件",
    "说好两天送到，等了一个星期还没有消息，快递电话也打不通",
    "打开包装就有一股刺鼻的味道，不敢给孩子用",
    "少发了一件，客服说要核实，核实了四天没有下文",
    "尺码偏小两号，换货的运费却要我自己出",
    "付款后第二天就降价五十元，价保申请被拒绝",
    "门店的人态度很差，话没说完就把电话挂了",
    "上门安装的师傅迟到三个小时，装完还收了说明之外的费用",
    "保质期只剩二十天，页面上一个字都没有写",
)
_WISHES = (f"我要{COMMON}。", "请尽快给我一个说法。", "希望换一件新的，并说明原因。")


def texts() -> list[str]:
    """A hundred distinct sentences; every third asks to send the goods back."""
    return [
        f"{goods}{trouble}。{_WISHES[(first + second) % len(_WISHES)]}"
        for first, goods in enumerate(_GOODS)
        for second, trouble in enumerate(_TROUBLE)
    ]
