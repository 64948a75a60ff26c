# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""What the demo company sells, to whom, and what was ordered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tuoshan.catalog.models import Product
from tuoshan.catalog.orders import OrderTold, record_orders
from tuoshan.demo.chance import Chance
from tuoshan.demo.company import STORES
from tuoshan.parties import customers
from tuoshan.parties.models import Customer, OrgUnit

SHOES, BAGS, APPLIANCES, CLOTHES, SNACKS = "鞋", "包", "小家电", "服装", "零食"
SUPPLIERS = {
    SHOES: "supplier-step", BAGS: "supplier-step", APPLIANCES: "supplier-spark", CLOTHES: "supplier-loom",
    SNACKS: "supplier-crunch",
}  # fmt: skip
FAULTY_STYLE = "SH-2307"
"""The shoe of which a whole batch loses its soles."""

# line, first letters of the code, names with prices
RANGE: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    (SHOES, "SH-23", (
        ("松风男士休闲鞋", 269), ("晴川女士小白鞋", 229), ("远足者登山鞋", 399), ("软泥儿童凉鞋", 119),
        ("青石商务皮鞋", 459), ("蹦豆童鞋", 159), ("云步缓震跑鞋", 329), ("夜航老人健步鞋", 199), ("霜叶女士短靴", 369),
        ("拾光帆布鞋", 139), ("小径豆豆鞋", 189), ("雨燕雨靴", 99))),
    (BAGS, "BG-41", (
        ("行囊双肩包", 219), ("半月斜挎包", 169), ("登云拉杆箱 24 寸", 499), ("书虫学生书包", 149),
        ("晚风托特包", 199), ("口袋零钱包", 59))),
    (APPLIANCES, "EA-12", (
        ("暖壶电热水壶", 129), ("小圆空气炸锅", 299), ("云雾加湿器", 159), ("轻羽电吹风", 139), ("晨光豆浆机", 259),
        ("脆脆烤面包机", 149), ("静夜电风扇", 189), ("小白兔养生壶", 169), ("吸尘小象手持吸尘器", 349), ("暖冬电暖器", 279),
        ("平平挂烫机", 199), ("饭团电饭煲", 269), ("萤火台灯", 89), ("水滴净水壶", 119), ("鲜榨随行果汁杯", 109),
        ("烘烘干衣机", 699))),
    (CLOTHES, "CL-56", (
        ("轻絮羽绒服", 599), ("山茶羊毛衫", 329), ("晨跑速干衣", 119), ("灯芯绒长裤", 179), ("条纹纯棉衬衫", 159),
        ("格子睡衣套装", 139), ("云朵连帽卫衣", 189), ("旷野冲锋衣", 459), ("小熊儿童棉服", 259), ("直筒牛仔裤", 199),
        ("真丝围巾", 229), ("加绒打底裤", 79), ("亚麻连衣裙", 269), ("粗线毛线帽", 59))),
    (SNACKS, "SN-88", (
        ("脆脆林混合坚果", 69), ("海风烤虾片", 19), ("山里红果干", 29), ("黑麦全麦饼干", 25), ("糯叽叽麻薯礼盒", 49),
        ("小满牛肉干", 59), ("风吹核桃", 45), ("橙子软糖", 15), ("燕麦能量棒", 39), ("桂花绿豆糕", 35),
        ("中秋团圆礼盒", 168), ("辣味小鱼干", 22))),
)  # fmt: skip

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何罗高"
GIVEN = (
    "橙子", "薄荷", "柚子", "芝麻", "豆苗", "青团", "山药", "小葱", "茉莉", "紫苏", "核桃", "莲子", "枇杷", "丝瓜", "香菜", "荔枝",
    "芋头", "杏仁", "桂圆", "银杏", "海带", "土豆", "番茄", "豆花",
)  # fmt: skip


@dataclass(frozen=True)
class Purchase:
    """One order as the stories use it."""

    order_no: str
    customer_id: int
    product_id: int
    product: str
    line: str
    code: str
    paid: Decimal
    unit_code: str
    signed_at: datetime


def make_products(units: dict[str, OrgUnit]) -> list[Product]:
    """Sixty products with their suppliers."""
    rows = [
        Product(code=f"{prefix}{number:02d}", name=name, line=line, supplier=units[SUPPLIERS[line]])
        for line, prefix, goods in RANGE
        for number, (name, _price) in enumerate(goods, 1)
    ]
    Product.objects.bulk_create(rows)
    return list(Product.objects.order_by("pk"))


def prices() -> dict[str, int]:
    """Yuan by product code."""
    return {
        f"{prefix}{number:02d}": price
        for _line, prefix, goods in RANGE
        for number, (_name, price) in enumerate(goods, 1)
    }


def make_customers(count: int, chance: Chance) -> list[Customer]:
    """Customers with names after things that grow. Their numbers share a block that is easy to recognise."""
    names = chance.some([f"{one}{other}" for one in SURNAMES for other in GIVEN], count)
    made = []
    for number, name in enumerate(names):
        found = customers.find_or_make(
            f"199 0000 {1000 + number * 31 % 9000:04d}",
            name,
            email=f"customer{number:03d}@mail.example" if number % 5 == 0 else "",
            address=f"临澜市{chance.pick(('星河', '白鹭', '松果', '月牙'))}区{chance.pick(('竹影', '花间', '望云', '听雨'))}路 "
            f"{chance.whole(1, 199)} 号",
            language="en" if number % 40 == 7 else "",
        )
        made.append(found.customer)
    return made


def make_orders(
    count: int, products: list[Product], people: list[Customer], units: dict[str, OrgUnit], start: datetime,
    end: datetime, chance: Chance,
) -> list[Purchase]:  # fmt: skip
    """Orders from before and within the demo's months; a good part of the faulty style's among them."""
    known = prices()
    faulty = [product for product in products if product.code == FAULTY_STYLE]
    span = int((end - start).total_seconds() // 3600)
    rows, purchases = [], []
    for number in range(count):
        product = chance.pick(faulty) if chance.happens(0.07) else chance.pick(products)
        customer = chance.pick(people)
        unit_code = "webshop" if chance.happens(0.6) else chance.pick(STORES)
        signed = start - timedelta(days=40) + timedelta(hours=chance.whole(0, span + 38 * 24))
        paid = Decimal(known[product.code])
        line = {"product": product.code, "name": product.name, "quantity": 1, "price": f"{paid}.00"}
        row = OrderTold(
            order_no=f"MJ{signed:%y%m%d}{number:05d}", shop="麦鲸网上商城" if unit_code == "webshop" else "",
            unit_id=units[unit_code].pk, phone=customer.phone, lines=[line], paid=paid,
            ordered_at=signed - (timedelta(days=chance.whole(1, 4)) if unit_code == "webshop" else timedelta()),
            signed_at=signed,
        )  # fmt: skip
        rows.append(row)
        purchases.append(
            Purchase(
                row.order_no, customer.pk, product.pk, product.name, product.line, product.code, paid, unit_code, signed
            )
        )
    record_orders(rows)
    return purchases
