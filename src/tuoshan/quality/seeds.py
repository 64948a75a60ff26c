"""The causes and responsible parties that a company begins with; each can be renamed, added to or switched off."""

from typing import Any

CAUSES: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("material", "原料或零件", "Material or part", (
        ("material-faulty", "零件不良", "Faulty part"), ("material-wrong", "用料不符", "Wrong material"))),
    ("workmanship", "做工或装配", "Workmanship", (
        ("workmanship-assembly", "装配不当", "Assembled wrongly"), ("workmanship-finish", "外观瑕疵", "Blemish"),
        ("workmanship-unchecked", "出厂漏检", "Missed by inspection"))),
    ("design", "设计", "Design", (
        ("design-weak", "结构易损", "Breaks too easily"), ("design-unclear", "使用不便", "Hard to use"))),
    ("process", "流程或制度", "Process or rule", (
        ("process-missing", "没有规定", "No rule for it"), ("process-slow", "环节过多", "Too many steps"),
        ("process-ignored", "有规定未执行", "Rule not followed"))),
    ("conduct", "人员操作或态度", "Conduct of a person", (
        ("conduct-manner", "态度不当", "Manner"), ("conduct-mistake", "操作失误", "Mistake"),
        ("conduct-promise", "承诺未兑现", "Broken promise"))),
    ("transport", "运输或仓储", "Transport or storage", (
        ("transport-damage", "运输破损", "Damaged on the way"), ("transport-late", "送达延误", "Late"),
        ("transport-lost", "丢件或错发", "Lost or mixed up"), ("transport-storage", "仓储受损", "Damaged in storage"))),
    ("information", "描述或告知有误", "Wrong or missing information", (
        ("information-page", "页面描述不符", "Product page wrong"), ("information-said", "告知有误", "Told wrongly"),
        ("information-price", "价格标示有误", "Price shown wrongly"))),
    ("system", "系统故障", "Computer system", (
        ("system-order", "订单或支付", "Order or payment"), ("system-data", "数据不同步", "Data out of step"))),
    ("use", "使用或保管不当", "Use or care", (
        ("use-wrong", "使用不当", "Used wrongly"), ("use-care", "保养不当", "Not cared for"))),
    ("none_found", "未发现问题", "Nothing found", ()),
)  # fmt: skip

LIABLE = (
    ("product", "产品", "Product"),
    ("process", "流程", "Process"),
    ("supplier", "供应商", "Supplier"),
    ("carrier", "快递物流", "Carrier"),
    ("store", "门店", "Store"),
    ("person", "个人", "A person"),
    ("customer", "客户", "Customer"),
    ("none", "无责任方", "Nobody"),
)


def plant(registry: Any) -> None:
    """Put in what is missing; safe to run any number of times."""
    cause, liable = registry.get_model("quality", "Cause"), registry.get_model("quality", "LiableParty")
    for position, (code, zh, en, below) in enumerate(CAUSES):
        parent, _made = cause.objects.get_or_create(
            code=code, defaults={"name_zh": zh, "name_en": en, "position": position * 10}
        )
        for inner, (child, child_zh, child_en) in enumerate(below, 1):
            cause.objects.get_or_create(
                code=child,
                defaults={
                    "name_zh": child_zh,
                    "name_en": child_en,
                    "position": position * 10 + inner,
                    "parent": parent,
                },
            )
    for position, (key, zh, en) in enumerate(LIABLE):
        liable.objects.get_or_create(key=key, defaults={"name_zh": zh, "name_en": en, "position": position})
