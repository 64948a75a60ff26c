"""Who the demo company is: its name, its units, which party of a playbook is whom, how it is reached."""

from datetime import datetime

from tuoshan.cases import calendars
from tuoshan.knowledge.company import Company, set_company
from tuoshan.parties.models import OrgUnit, PartyMap, Person

COMPANY = Company(
    name="麦鲸百货",
    name_en="Maijing Stores",
    hotline="400-000-0000",
    email="care@maijing.example",
    address="临澜市星河区云梯路 1 号",
    website="https://maijing.example",
    hours="每天 9:00–18:00",
    hours_en="Daily 9:00–18:00",
)

# code, Chinese, English, kind, department, parent
UNITS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("maijing", "麦鲸百货", "Maijing Stores", "company", "", ""),
    ("service", "客服中心", "Customer service", "department", "service", "maijing"),
    ("qa", "质量管理部", "Quality", "department", "qa", "maijing"),
    ("production", "产品与采购部", "Products and purchasing", "department", "production", "maijing"),
    ("logistics", "物流部", "Logistics", "department", "logistics", "maijing"),
    ("technical", "工程技术部", "Engineering", "department", "technical", "maijing"),
    ("image", "形象陈列部", "Visual merchandising", "department", "", "maijing"),
    ("head-office", "总经办", "Head office", "department", "", "maijing"),
    ("webshop", "麦鲸网上商城", "Web shop", "store", "store", "maijing"),
    ("south", "南区", "South", "region", "", "maijing"),
    ("store-galaxy", "星河路店", "Galaxy Road", "store", "store", "south"),
    ("store-pomelo", "柚子街店", "Pomelo Street", "store", "store", "south"),
    ("store-egret", "白鹭湾店", "Egret Bay", "store", "store", "south"),
    ("north", "北区", "North", "region", "", "maijing"),
    ("store-pinecone", "松果广场店", "Pinecone Plaza", "store", "store", "north"),
    ("store-belltower", "老钟楼店", "Old Bell Tower", "store", "store", "north"),
    ("store-crescent", "月牙桥店", "Crescent Bridge", "store", "store", "north"),
    ("supplier-step", "云阶鞋业（供应商）", "Cloudstep Footwear", "supplier", "", "maijing"),
    ("supplier-spark", "小电星电器（供应商）", "Little Spark Appliances", "supplier", "", "maijing"),
    ("supplier-loom", "织女坊服饰（供应商）", "Loomgirl Clothing", "supplier", "", "maijing"),
    ("supplier-crunch", "脆脆林食品（供应商）", "Crunchwood Snacks", "supplier", "", "maijing"),
)
STORES = tuple(code for code, _zh, _en, kind, *_ in UNITS if kind == "store" and code != "webshop")

COURIERS = ("蜻蜓快运", "白鹭速递", "陆小龟物流", "飞鱼同城")
"""Carriers that there are not."""


def make_units() -> dict[str, OrgUnit]:
    """The units by code; those that are there stay."""
    made: dict[str, OrgUnit] = {}
    for code, name_zh, name_en, kind, department, parent in UNITS:
        made[code], _new = OrgUnit.objects.get_or_create(
            code=code,
            defaults={
                "name_zh": name_zh, "name_en": name_en, "kind": kind, "department": department,
                "parent": made.get(parent),
            },
        )  # fmt: skip
    return made


def set_up(now: datetime, administrator: Person) -> None:
    """The company's own tables: name and contact, times."""
    set_company(COMPANY, valid_from=now, person_id=administrator.pk)
    calendars.set_table(playbook="complaint", name="free_limit", value=100, valid_from=now, person_id=administrator.pk)


def map_parties(units: dict[str, OrgUnit], people: dict[str, Person]) -> None:
    """Which party is whom beyond the standard map: director, legal affairs, the engineers and their head."""
    persons = {"director": "director", "legal": "legal", "audit_office": "director", "engineering_lead": "tech"}
    PartyMap.objects.filter(playbook="", party__in=[*persons, "image_department"]).delete()
    rows = [
        PartyMap(party=party, target=PartyMap.Target.PERSON, person=people[username])
        for party, username in persons.items()
    ]
    rows.append(PartyMap(party="image_department", target=PartyMap.Target.UNIT, unit=units["image"]))
    PartyMap.objects.bulk_create(rows)
