"""Which column means what: guessed from the headings, shown, and confirmed by a person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a column can give. `words` are what such columns are called."""

    name: str
    title: Any
    words: tuple[str, ...]
    required: bool = False


TARGETS = (
    Target(
        "text",
        _("投诉内容"),
        (
            "内容",
            "投诉内容",
            "问题描述",
            "描述",
            "评价",
            "正文",
            "text",
            "content",
            "description",
            "complaint",
            "review",
        ),
        True,
    ),
    Target(
        "key", _("原系统编号（用于避免重复）"), ("编号", "单号", "工单号", "投诉编号", "id", "no", "number", "ticket")
    ),
    Target("title", _("标题"), ("标题", "主题", "title", "subject")),
    Target("product", _("商品"), ("商品", "产品", "品名", "型号", "product", "item", "model")),
    Target("category", _("类别"), ("类别", "分类", "投诉类别", "category", "class")),
    Target("tag", _("品类"), ("品类", "商品品类", "product category", "product line")),
    Target("grade", _("等级"), ("等级", "紧急程度", "grade", "priority", "severity")),
    Target("name", _("客户姓名"), ("姓名", "客户", "客户姓名", "联系人", "name", "customer")),
    Target("phone", _("客户电话"), ("电话", "手机", "手机号", "联系电话", "phone", "mobile", "tel")),
    Target("order_no", _("订单号"), ("订单", "订单号", "order", "order no")),
    Target(
        "received_at",
        _("收到时间"),
        ("时间", "日期", "投诉时间", "收到时间", "登记时间", "created", "received", "date", "time"),
    ),
    Target("unit", _("所属门店或部门（代码）"), ("门店", "部门", "单位", "店铺", "store", "unit", "department")),
    Target("channel", _("来源"), ("来源", "渠道", "投诉来源", "投诉渠道", "channel", "source")),
    Target("wish", _("客户诉求"), ("诉求", "客户诉求", "希望", "wish", "demand")),
    Target("amount_paid", _("实付金额"), ("实付金额", "实付", "支付金额", "amount paid", "paid")),
    Target("bought_on", _("购买日期"), ("购买日期", "购买时间", "bought on", "purchase date")),
    Target("happened_on", _("发生日期"), ("发生日期", "发生时间", "happened on", "incident date")),
    Target("store", _("涉及门店"), ("涉及门店", "购买门店", "发生门店", "store concerned")),
    Target("authority_name", _("机关名称"), ("机关名称", "转办机关", "authority")),
    Target("document_no", _("对方文号"), ("对方文号", "文号", "document no")),
    Target("reply_due", _("对方要求的答复时限"), ("答复时限", "要求答复时间", "reply due")),
)

ORDER_TARGETS = (
    Target("order_no", _("订单号"), ("订单", "订单号", "订单编号", "order", "order no", "order number"), True),
    Target("shop", _("店铺"), ("店铺", "店铺名称", "商城", "shop")),
    Target("phone", _("客户电话"), ("电话", "手机", "手机号", "联系电话", "收件人电话", "phone", "mobile", "tel")),
    Target("paid", _("实付金额（整单）"), ("实付金额", "实付", "支付金额", "订单金额", "paid", "amount paid", "total")),
    Target("product", _("货号"), ("货号", "商品编码", "商品编号", "款号", "sku", "product code")),
    Target("name", _("商品名称"), ("商品", "商品名称", "产品", "品名", "product", "item", "product name")),
    Target("quantity", _("数量"), ("数量", "件数", "quantity", "qty")),
    Target("price", _("单价"), ("单价", "价格", "售价", "price", "unit price")),
    Target("ordered_at", _("下单时间"), ("下单时间", "订单时间", "付款时间", "ordered", "order date", "created")),
    Target("signed_at", _("签收时间"), ("签收时间", "收货时间", "签收", "signed", "delivered")),
    Target("unit", _("所属门店或部门（代码）"), ("门店", "部门", "单位", "store", "unit", "department")),
)
ORDERS = ""
"""Stands for a process where the rows are orders and become no cases."""
IGNORED = ""
MOST_TELLING_FIRST = (
    "order_no", "phone", "amount_paid", "bought_on", "happened_on", "reply_due", "store", "authority_name",
    "document_no", "channel", "wish", "received_at", "unit", "category", "grade", "tag", "product", "name", "title",
    "key", "text",
)  # fmt: skip
"""Whose word decides where a heading holds several: a customer's phone is a phone, an order's number an order."""


def targets_of(playbook: str) -> tuple[Target, ...]:
    """What columns can give, of cases of a process or of orders."""
    return ORDER_TARGETS if playbook == ORDERS else TARGETS


def tells_orders(names: Iterable[str]) -> bool:
    """Whether a table with these headings looks like orders: numbers of orders, and nothing that anybody said."""
    columns = list(names)
    return "text" not in guess(columns).values() and "order_no" in guess(columns, ORDER_TARGETS).values()


def guess(names: Iterable[str], possible: tuple[Target, ...] = TARGETS) -> dict[str, str]:
    """Heading → target. An exact name wins over one that merely holds the word; each target is given once."""
    columns = list(names)
    found: dict[str, str] = dict.fromkeys(columns, IGNORED)
    telling = possible
    if possible is TARGETS:
        telling = tuple(sorted(TARGETS, key=lambda target: MOST_TELLING_FIRST.index(target.name)))
    for fits, targets in ((_is_called, possible), (_speaks_of, telling)):
        for target in targets:
            free = [column for column in columns if not found[column] and fits(target, column)]
            if free and target.name not in found.values():
                found[free[0]] = target.name
    return found


def _plain(column: str) -> str:
    return re.sub(r"[\s_（）()]+", " ", column).strip().casefold()


def _is_called(target: Target, column: str) -> bool:
    return _plain(column) in target.words


def _speaks_of(target: Target, column: str) -> bool:
    """A Chinese word anywhere in the heading, a Latin one only as a whole word."""
    plain = _plain(column)
    words = plain.split()
    return any(word in words if word.isascii() else len(word) > 1 and word in plain for word in target.words)


def unknown_columns(named: Iterable[str], columns: Iterable[str]) -> list[str]:
    """What is wrong with names of columns that the table does not have, in words."""
    known = set(columns)
    return [str(_("表格里没有“%(name)s”这一列。") % {"name": name}) for name in named if name not in known]


def problems(mapping: Mapping[str, str], possible: tuple[Target, ...] = TARGETS) -> list[str]:
    """What is wrong with a mapping, in words."""
    given = [target for target in mapping.values() if target]
    known = {target.name: target for target in possible}
    wrong = [str(_("不认识的目标：%(name)s") % {"name": name}) for name in given if name not in known]
    wrong += [
        str(_("有两列都对应“%(title)s”，请只保留一列。") % {"title": known[name].title})
        for name in sorted(set(given)) if name in known and given.count(name) > 1
    ]  # fmt: skip
    wrong += [
        str(_("还没有指定“%(title)s”对应哪一列。") % {"title": target.title})
        for target in possible if target.required and target.name not in given
    ]  # fmt: skip
    return wrong
