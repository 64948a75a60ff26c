"""The company's lists behind form fields: categories, departments, stores, people, products.

They stand here and not with their tables, because lists belong to cases, which lie above those tables.
"""

from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases import lists
from tuoshan.cases.lists import Entries, listed, named
from tuoshan.catalog.models import Category, Product
from tuoshan.identifiers import is_id
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.name_order import name_order

MOST_PRODUCTS = 500
"""Beyond this a drop-down serves nobody: the list stays empty and screens search instead."""


@listed("categories")
def categories() -> Entries:
    """Two levels: groups with the lower ones, for the playbook that is being asked for (`lists.about`)."""
    playbook = lists.playbook_in_question()
    rows = list(Category.objects.filter(is_active=True).select_related("parent"))
    tops = [row for row in rows if row.parent_id is None and (not playbook or row.applies_to(playbook))]
    below: dict[int, list[tuple[str, object]]] = {}
    for row in rows:
        if row.parent_id is not None and (not playbook or row.applies_to(playbook)):
            below.setdefault(row.parent_id, []).append((str(row.pk), row.name))
    return [
        (top.name, below[top.pk]) if top.pk in below else (str(top.pk), top.name)
        for top in tops
    ]  # fmt: skip


@named("categories")
def category_name(value: str) -> str:
    """Both levels."""
    row = Category.objects.select_related("parent").filter(pk=value).first() if is_id(value) else None
    return row.full_name if row else ""


@listed("departments")
def departments() -> Entries:
    """The kinds of department that inquire; those for which the company has a unit, else all."""
    known = set(OrgUnit.objects.filter(is_active=True).exclude(department="").values_list("department", flat=True))
    every = [(str(value), str(title)) for value, title in OrgUnit.Department.choices]
    return [entry for entry in every if entry[0] in known] or every


@listed("department")
def department() -> Entries:
    """Every department by its key, for showing what an older case names."""
    return [(str(value), str(title)) for value, title in OrgUnit.Department.choices]


@named("departments")
@named("department")
def department_name(value: str) -> str:
    """Its name, whether or not the company has a unit for it."""
    return next((str(title) for key, title in department() if key == value), "")


@listed("org_unit")
def stores() -> Entries:
    """The stores, below their regions where there are several."""
    rows = list(OrgUnit.objects.filter(is_active=True, kind=OrgUnit.Kind.STORE).select_related("parent"))
    groups: dict[str, list[tuple[str, object]]] = {}
    for row in rows:
        groups.setdefault(row.parent.name if row.parent else _("门店"), []).append((str(row.pk), row.name))
    if len(groups) < 2:
        return [(str(row.pk), row.name) for row in rows]
    return list(groups.items())


@named("org_unit")
def unit_name(value: str) -> str:
    """The unit's own name."""
    row = OrgUnit.objects.filter(pk=value).first() if is_id(value) else None
    return row.name if row else ""


@listed("person")
def persons() -> Entries:
    """Those who can be given work: active, and not only reading."""
    rows = Person.objects.filter(is_active=True, roles__reads_only=False).select_related("unit").distinct()
    return sorted(((str(row.pk), _titled(row)) for row in rows), key=lambda entry: name_order(entry[1]))


@named("person")
def person_name(value: str) -> str:
    """With the unit, also of somebody who has left."""
    row = Person.objects.select_related("unit").filter(pk=value).first() if is_id(value) else None
    return _titled(row) if row else ""


def _titled(row: Any) -> str:
    return _("%(name)s（%(unit)s）") % {"name": row, "unit": row.unit.name} if row.unit else str(row)


@listed("product")
def products() -> Entries:
    """What is on sale, while that fits into a drop-down."""
    rows = list(Product.objects.filter(is_active=True).order_by("name")[: MOST_PRODUCTS + 1])
    return [(str(row.pk), row.name) for row in rows] if len(rows) <= MOST_PRODUCTS else []


@named("product")
def product_name(value: str) -> str:
    """Also of what is sold no more, however many there are."""
    row = Product.objects.filter(pk=value).only("name").first() if is_id(value) else None
    return row.name if row else ""


@listed("order_line")
def order_lines() -> Entries:
    """Orders are looked up by number, never offered as a list."""
    return []
