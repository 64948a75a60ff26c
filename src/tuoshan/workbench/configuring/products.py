"""The catalogue of products that registering looks up."""

from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from tuoshan.catalog.models import Product
from tuoshan.office.settings.products import IN_USE, ProductForm, shown
from tuoshan.workbench.configuring.listing import Area, Cell, area_views, on_off


def _cells(product: Product) -> list[Cell]:
    supplier, category = product.supplier, product.category
    return [
        Cell(product.name), Cell(product.code), Cell(product.line), Cell(category.full_name if category else ""),
        Cell(supplier.name if supplier else ""), on_off(product.is_active),
    ]  # fmt: skip


PRODUCTS = Area(
    "products", "products", "product", Product, ProductForm,
    (
        gettext_lazy("名称"), gettext_lazy("货号"), gettext_lazy("品类"), gettext_lazy("分类"), gettext_lazy("厂家"),
        gettext_lazy("状态"),
    ),
    _cells, ("name", "code", "line"), tuple(ProductForm.Meta.fields), order=("code",),
    intro=gettext_lazy("登记时从这里查商品；停用的不再查到，已有的工单照旧显示。"), make="product_make",
    make_text=gettext_lazy("新建商品"), filters=shown, choices=IN_USE, related=("category__parent", "supplier"),
)  # fmt: skip

urlpatterns: list[URLPattern] = area_views(PRODUCTS)
