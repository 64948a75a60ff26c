"""The first page of the settings, and everything that was changed in them."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from tuoshan.office.settings import recording
from tuoshan.office.settings.unset import unset
from tuoshan.parties.models import SettingChange
from tuoshan.parties.permissions import allowed, permitted


@dataclass(frozen=True, slots=True)
class Card:
    """One area on the first page."""

    url_name: str
    icon: str
    title: Any
    text: Any


GROUPS = (
    (
        _("人与组织"),
        (
            Card("people", "users", _("人员"), _("账号、角色、单位、技能和办理上限")),
            Card("roles", "shield", _("角色"), _("每个角色能看到哪些工单")),
            Card("org_units", "building", _("组织单位"), _("公司、区域、场店、部门和厂家")),
            Card("skills", "star", _("技能"), _("谁擅长哪个分类，派单时优先")),
            Card("party_map", "link", _("各方对应"), _("流程里的每一方在本公司是谁")),
        ),
    ),
    (
        _("业务"),
        (
            Card("categories", "tag", pgettext_lazy("many", "分类"), _("两级分类，登记时选择")),
            Card("causes", "zoom", pgettext_lazy("many", "原因"), _("调查结论用的原因")),
            Card("reasons", "smile", _("评价原因"), _("满意度调查里的可选原因")),
            Card("products", "box", pgettext_lazy("many", "商品"), _("登记时查找的商品目录")),
            Card("product_lines", "tag", pgettext_lazy("many", "品类"), _("每个品类在规则包里是哪一类商品")),
            Card("shops", "tag", pgettext_lazy("many", "店铺"), _("每个店铺的订单在哪个平台")),
            Card("tables", "clock", _("时限与额度"), _("各等级的时限、免审额度和审批分级")),
            Card("calendars", "calendar", _("工作日历"), _("班次、午休、节假日和调休")),
            Card("playbooks", "flow", _("流程文件"), _("正在使用的版本、检查结果和更换")),
        ),
    ),
    (
        _("对外"),
        (
            Card("templates", "mail", _("消息模板"), _("发给客户的文字")),
            Card("replies", "reply", _("快捷回复"), _("全员共享的常用语")),
            Card("outgoing", "send", _("公司与外发"), _("公司名称和联系方式、邮件、短信网关")),
        ),
    ),
)


@permitted("workbench.settings_home")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The areas that this person may open, what is still to be set, and what was changed last."""
    groups = [
        (title, [(card, reverse(f"workbench:settings_{card.url_name}")) for card in cards if _may(request, card)])
        for title, cards in GROUPS
    ]
    context = {
        "groups": [group for group in groups if group[1]], "changes": recording.changes(),
        "unset": [(one, reverse(f"workbench:settings_{one.screen}")) for one in unset(request.user)],
    }  # fmt: skip
    return render(request, "workbench/settings/home.html", context)


def _may(request: HttpRequest, card: Card) -> bool:
    return allowed(request.user, f"workbench.settings_{card.url_name}")


@permitted("workbench.settings_changes")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every change, newest first, of one area when asked."""
    area = request.GET.get("area", "")
    rows = SettingChange.objects.select_related("person")
    if area in recording.AREAS:
        rows = rows.filter(area=area)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "page": page, "changes": list(page), "area_key": area, "areas": recording.AREAS.items(),
        "previous_url": f"?area={area}&page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?area={area}&page={page.next_page_number()}" if page.has_next() else "",
    }  # fmt: skip
    return render(request, "workbench/settings/changes.html", context)


urlpatterns: list[URLPattern] = [
    path("settings/", home, name="settings_home"),
    path("settings/changes", changes, name="settings_changes"),
]
