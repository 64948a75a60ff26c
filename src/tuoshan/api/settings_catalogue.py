"""Products and skills, which come in pages, and the lines and shops that say what products and orders are."""

from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema

from tuoshan.api.application import Id, Text, gives
from tuoshan.api.settings_rows import rows
from tuoshan.api.shapes import Limit
from tuoshan.catalog.models import Product, ProductLine, Shop
from tuoshan.office.settings.meanings import ProductLineForm, ShopForm
from tuoshan.office.settings.products import ProductForm, shown
from tuoshan.office.settings.skills import SkillForm
from tuoshan.parties.models import Skill
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["settings"])
Show = Literal["", "on", "off"]


class ProductRowIn(Schema):
    """A product. The code stays once it is there; out of use it is not found any more when registering."""

    code: str = ""
    name: str = ""
    line: str = ""
    category: Id | None = None
    supplier: Id | None = None
    is_active: bool = True


class ProductRowOut(Schema):
    """A product of the catalogue."""

    id: int
    code: str
    name: str
    line: str
    category_id: int | None
    supplier_id: int | None
    is_active: bool


class ProductPage(Schema):
    """Products by code, and where the next page begins (empty at the end)."""

    products: list[ProductRowOut]
    next: str


class SkillRowIn(Schema):
    """A skill: 1 can, 2 well, 3 expert. Whose it is and which category stay; out of use it counts no more."""

    person: Id | None = None
    category: Id | None = None
    level: Literal[1, 2, 3] = 1
    is_active: bool = True


class SkillRowOut(Schema):
    """A skill of a person."""

    id: int
    person_id: int
    category_id: int
    level: int
    is_active: bool


class SkillPage(Schema):
    """Skills in the order in which they were put down, and where the next page begins (empty at the end)."""

    skills: list[SkillRowOut]
    next: str


class ProductLineIn(Schema):
    """A line of products and its kind of goods in the rule books (empty: a ruling asks). The name stays."""

    name: str = ""
    goods: str = ""
    is_installed: bool = False


class ProductLineOut(Schema):
    """A line of products."""

    id: int
    name: str
    goods: str
    is_installed: bool


class ShopIn(Schema):
    """A shop's name, or a part of it, and the platform of its orders (empty: a ruling asks)."""

    name: str = ""
    platform: str = ""


class ShopOut(Schema):
    """A shop."""

    id: int
    name: str
    platform: str


@router.get("/products", response=gives(ProductPage), url_name="product_list", summary="Products")
@api_permitted("api.product_list")
def product_list(
    request: HttpRequest, q: Text = "", show: Show = "", cursor: Text = "", limit: Limit = 50
) -> dict[str, Any]:
    """By code; `q` looks in code, name and line, `show` is `on` or `off` for those in use or not."""
    found = shown(Product.objects.order_by("code"), show)
    for word in q.split():
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(line__icontains=word))
    page = list((found.filter(code__gt=cursor) if cursor else found)[: limit + 1])
    return {"products": page[:limit], "next": page[limit - 1].code if len(page) > limit else ""}


@router.get("/skills", response=gives(SkillPage), url_name="skill_list", summary="Skills")
@api_permitted("api.skill_list")
def skill_list(
    request: HttpRequest, person_id: Id | None = None, category_id: Id | None = None, show: Show = "",
    cursor: Id | None = None, limit: Limit = 50,
) -> dict[str, Any]:  # fmt: skip
    """Of everybody, or of one person or category."""
    found = shown(Skill.objects.order_by("pk"), show)
    found = found.filter(person_id=person_id) if person_id else found
    found = found.filter(category_id=category_id) if category_id else found
    page = list((found.filter(pk__gt=cursor) if cursor else found)[: limit + 1])
    return {"skills": page[:limit], "next": str(page[limit - 1].pk) if len(page) > limit else ""}


rows(
    router, "/products", "product", "products", Product, ProductForm, ProductRowIn, ProductRowOut, ("code",), pages=True
)
rows(
    router, "/product-lines", "product_line", "product_lines", ProductLine, ProductLineForm, ProductLineIn,
    ProductLineOut, ("name",),
)  # fmt: skip
rows(router, "/shops", "shop", "shops", Shop, ShopForm, ShopIn, ShopOut, ("name",))
rows(router, "/skills", "skill", "skills", Skill, SkillForm, SkillRowIn, SkillRowOut, ("pk",), pages=True)
