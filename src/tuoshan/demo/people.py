"""The staff of the demo company, with names that nobody has; one sign-in per role."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from tuoshan.catalog.models import Category
from tuoshan.demo.logins import PASSWORD
from tuoshan.parties.models import Absence, OrgUnit, Person, Role, Skill


@dataclass(frozen=True)
class Staff:
    """One person: who they are, where they work, what they are good at."""

    username: str
    name: str
    role: str
    unit: str
    skills: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    capacity: int = 20


STAFF = (
    Staff("agent", "郝耐心", "agent", "service", ("aftersales", "description"), capacity=25),
    Staff("agent2", "艾倾听", "agent", "service", ("delivery", "attitude"), capacity=25),
    Staff("agent3", "甄和气", "agent", "service", ("quality", "installation"), capacity=25),
    Staff("agent4", "明白白", "agent", "service", ("quality", "delivery"), ("north",), 20),
    Staff("agent5", "常微笑", "agent", "service", (), ("south",), 20),
    Staff("lead", "管到底", "supervisor", "service", capacity=10),
    Staff("lead2", "柳心细", "supervisor", "service", capacity=10),
    Staff("lead3", "梁公正", "supervisor", "service", capacity=10),
    Staff("manager", "经理理", "manager", "head-office"),
    Staff("director", "总揽全", "manager", "head-office"),
    Staff("legal", "严守法", "manager", "head-office"),
    Staff("qa", "甄检验", "investigator", "qa"),
    Staff("qa2", "余放大", "investigator", "qa"),
    Staff("production", "高标准", "investigator", "production"),
    Staff("logistics", "路顺风", "investigator", "logistics"),
    Staff("logistics2", "包裹严", "investigator", "logistics"),
    Staff("tech", "钟扳手", "investigator", "technical"),
    Staff("tech2", "万能修", "investigator", "technical"),
    Staff("image", "花橱窗", "investigator", "image"),
    Staff("store", "星店长", "store_manager", "store-galaxy"),
    Staff("clerk", "柜小台", "store_clerk", "store-galaxy"),
    Staff("store2", "柚店长", "store_manager", "store-pomelo"),
    Staff("store3", "鹭店长", "store_manager", "store-egret"),
    Staff("store4", "松店长", "store_manager", "store-pinecone"),
    Staff("store5", "钟店长", "store_manager", "store-belltower"),
    Staff("store6", "月店长", "store_manager", "store-crescent"),
    Staff("clerk2", "柚小员", "store_clerk", "store-pomelo"),
    Staff("clerk4", "松小员", "store_clerk", "store-pinecone"),
    Staff("web", "网店长", "store_manager", "webshop"),
    Staff("finance", "金小账", "finance", "head-office"),
    Staff("auditor", "查分明", "auditor", "head-office"),
    Staff("admin", "管系统", "administrator", "head-office"),
)

AGENTS = tuple(one.username for one in STAFF if one.role == "agent")
LEADS = tuple(one.username for one in STAFF if one.role == "supervisor")
DEPARTMENTS = {
    "qa": ("qa", "qa2"), "production": ("production",), "logistics": ("logistics", "logistics2"),
    "technical": ("tech", "tech2"), "service": LEADS,
}  # fmt: skip


def make_people(units: dict[str, OrgUnit], now: datetime) -> dict[str, Person]:
    """Everybody by username. One hash serves all, as hashing is slow on purpose."""
    secret = make_password(PASSWORD)
    roles = {role.key: role for role in Role.objects.all()}
    categories = {category.code: category for category in Category.objects.all()}
    made: dict[str, Person] = {}
    for one in STAFF:
        person = Person(
            username=one.username, display_name=one.name, unit=units[one.unit], capacity=one.capacity,
            password=secret, email=f"{one.username}@maijing.example", date_joined=now - timedelta(days=200),
            last_login=now,
        )  # fmt: skip
        if one.username in ("lead", "agent"):
            person.notifications = {"escalated": {"app": True, "mail": True}, "overdue": {"app": True, "mail": True}}
        person.save()
        person.roles.set([roles[one.role]])
        person.regions.set([units[code] for code in one.regions])
        Skill.objects.bulk_create(
            Skill(person=person, category=categories[code], level=2 if number == 0 else 1)
            for number, code in enumerate(one.skills)
        )
        made[one.username] = person
    return made


def give_leave(people: dict[str, Person], end: datetime) -> None:
    """Two holidays with a delegate: one in the past, one that runs at the end of the demo."""
    Absence.objects.create(
        person=people["agent4"], delegate=people["agent5"], starts_at=end - timedelta(days=44),
        ends_at=end - timedelta(days=37), note="年休假",
    )  # fmt: skip
    Absence.objects.create(
        person=people["agent2"], delegate=people["agent3"], starts_at=end - timedelta(days=2),
        ends_at=end + timedelta(days=4), note="年休假",
    )  # fmt: skip
