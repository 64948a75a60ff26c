"""What the company's lines of products and shops are to the rule books."""

from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.catalog.models import ProductLine, Shop
from tuoshan.office.settings.meanings import ProductLineForm, ShopForm, title_of
from tuoshan.workbench.configuring.listing import Area, Cell, area_views


def _line_cells(line: ProductLine) -> list[Cell]:
    return [
        Cell(line.name), Cell(title_of("goods", line.goods)), Cell(_("是") if line.is_installed else ""),
    ]  # fmt: skip


def _shop_cells(shop: Shop) -> list[Cell]:
    return [Cell(shop.name), Cell(title_of("platform", shop.platform))]


PRODUCT_LINES = Area(
    "product_lines", "product_lines", "product_line", ProductLine, ProductLineForm,
    (gettext_lazy("品类"), gettext_lazy("规则包里的商品类别"), gettext_lazy("签收后还要安装")), _line_cells, ("name",),
    tuple(ProductLineForm.Meta.fields), order=("goods", "name"),
    intro=gettext_lazy("商品上的品类，在规则包里是哪一类商品。新品类随商品自动列出；没有说明的，裁定时再问。"),
    make="product_line_make", make_text=gettext_lazy("新建品类"),
)  # fmt: skip
SHOPS = Area(
    "shops", "shops", "shop", Shop, ShopForm, (gettext_lazy("店铺"), gettext_lazy("规则包里的平台")), _shop_cells,
    ("name",), tuple(ShopForm.Meta.fields), order=("name",),
    intro=gettext_lazy("订单上的店铺在哪个平台。全名相同的先算；否则看名称里含有哪几个字，含义不一致的，裁定时再问。"),
    make="shop_make", make_text=gettext_lazy("新建店铺"),
)  # fmt: skip

urlpatterns: list[URLPattern] = [*area_views(PRODUCT_LINES), *area_views(SHOPS)]
