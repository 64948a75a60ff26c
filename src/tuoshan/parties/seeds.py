"""What every company begins with: the roles, and who a playbook's parties are until settings say otherwise."""

from typing import Any, NamedTuple

from django.apps import apps


class RoleSeed(NamedTuple):
    """One role: key, titles, reach (see ``Role.Reach``), and whether it only reads."""

    key: str
    title_zh: str
    title_en: str
    reach: str
    reads_only: bool = False


ROLES = (
    RoleSeed("agent", "客服专员", "Service agent", "service"),
    RoleSeed("store_clerk", "店员", "Store clerk", "unit"),
    RoleSeed("store_manager", "店长", "Store manager", "unit"),
    RoleSeed("investigator", "部门调查员", "Department investigator", "involved"),
    RoleSeed("supervisor", "客服主管", "Supervisor", "service"),
    RoleSeed("manager", "经理", "Manager", "all"),
    RoleSeed("finance", "财务", "Finance", "all", reads_only=True),
    RoleSeed("administrator", "系统管理员", "Administrator", "all"),
    RoleSeed("auditor", "审计员", "Auditor", "all", reads_only=True),
)


class PartySeed(NamedTuple):
    """One way of being a party: the kind of target, and what it names (role key, department or party).

    A party is called what the playbooks call it, and one that is a department by the department's name. Titles stand
    here for those of which neither is true.
    """

    party: str
    target: str
    names: str = ""
    title_zh: str = ""
    title_en: str = ""


PARTIES = (
    PartySeed("service_desk", "role", "agent"),
    PartySeed("handler", "handler"),
    PartySeed("executor", "party", "handler"),
    PartySeed("lead", "role", "supervisor"),
    PartySeed("reviewer", "role", "supervisor"),
    PartySeed("payer", "role", "supervisor"),
    PartySeed("engineering_lead", "role", "supervisor"),
    PartySeed("manager", "role", "manager"),
    PartySeed("director", "role", "manager"),
    PartySeed("legal", "role", "manager"),
    PartySeed("region", "role", "manager"),
    PartySeed("audit_office", "role", "manager"),
    PartySeed("department", "department", ""),
    PartySeed("departments", "department", "", "参与调查的部门", "Departments that inquire"),
    PartySeed("qa", "department", "qa"),
    PartySeed("production", "department", "production"),
    PartySeed("logistics", "department", "logistics"),
    PartySeed("technical", "department", "technical"),
    PartySeed("store", "department", "store"),
    PartySeed("service", "department", "service"),
    PartySeed("lab", "department", "qa"),
    PartySeed("engineering", "department", "technical"),
    PartySeed("image_department", "role", "supervisor"),
    PartySeed("store_head", "role", "store_manager"),
    PartySeed("applicant", "registrant"),
    PartySeed("staff", "staff"),
    # The merchant is our own shop, for which the desk acts; the platform's words are recorded on its behalf.
    PartySeed("merchant", "role", "agent"),
    PartySeed("platform", "role", "agent"),
    # An authority's letter is entered by whoever receives it.
    PartySeed("authority", "role", "agent"),
    PartySeed("authority", "role", "manager"),
    PartySeed("customer", "outside"),
)


def party_title(party: str) -> tuple[str, str]:
    """What a party that no playbook names is called, in Chinese and English; empty where this table does not say."""
    return next(((seed.title_zh, seed.title_en) for seed in PARTIES if seed.party == party), ("", ""))


def plant(registry: Any = apps) -> None:
    """Put in what is missing and leave alone what the company has changed; safe to run any number of times."""
    role_model = registry.get_model("parties", "Role")
    map_model = registry.get_model("parties", "PartyMap")
    for position, seed in enumerate(ROLES):
        role_model.objects.get_or_create(
            key=seed.key, defaults={**seed._asdict(), "position": position}
        )
    roles = {role.key: role for role in role_model.objects.all()}
    known = set(map_model.objects.filter(playbook="").values_list("party", flat=True))
    map_model.objects.bulk_create(
        map_model(
            party=seed.party,
            target=seed.target,
            role=roles[seed.names] if seed.target == "role" else None,
            department=seed.names if seed.target == "department" else "",
            same_as=seed.names if seed.target == "party" else "",
        )
        for seed in PARTIES
        if seed.party not in known
    )
