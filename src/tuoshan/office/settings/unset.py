"""What a new company has still to set before its customers can be told who answers them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tuoshan.integrations import mail, sms
from tuoshan.knowledge.company import company
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import may_change


@dataclass(frozen=True, slots=True)
class Unset:
    """One thing to be set: what it is, what stands still or is missing without it, and the screen for it."""

    name: str
    title: Any
    without: Any
    screen: str
    lacks: Callable[[], bool]


def _no_way_out() -> bool:
    """Whether messages by the company's own way of telling customers only go to the outbox."""
    ports = {"sms": sms.gateway() is not None, "mail": mail.is_set_up()}
    way = company().way
    return not (any(ports.values()) if way == "both" else ports.get(way, False))


def _administrators_alone() -> bool:
    return not Person.objects.filter(is_active=True).exclude(roles__key="administrator").exists()


def _one_unit() -> bool:
    return OrgUnit.objects.filter(is_active=True).count() < 2


ALL = (
    Unset("name", _("公司名称"), _("客户页面、消息和回执上写的是“妥善”"), "outgoing", lambda: not company().name),
    Unset(
        "contact", _("客服热线，或客服邮箱、网站"), _("消息里的联系方式只有客户页面"), "outgoing",
        lambda: not company().contact,
    ),
    Unset(
        "hours", _("服务时间"), _("客户不知道什么时候有人接听"), "outgoing",
        lambda: not (company().hours or company().hours_en),
    ),
    Unset(
        "port", _("短信网关或邮件服务器"), _("发给客户的消息只放进外发信箱，没有人收到"), "outgoing", _no_way_out
    ),
    Unset("units", _("部门、区域和门店"), _("所有工单都归公司本级"), "org_units", _one_unit),
    Unset("people", _("办理工单的人员"), _("除了管理员还没有人"), "people", _administrators_alone),
)  # fmt: skip


def unset(person: Any) -> list[Unset]:
    """What is still to be set, of what this person may set."""
    return [one for one in ALL if may_change(person, f"workbench.settings_{one.screen}") and one.lacks()]
