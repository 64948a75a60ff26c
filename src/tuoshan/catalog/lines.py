"""Lines of products in cases that name no product: each has one entry of the catalogue that stands for it."""

from hashlib import sha256

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.catalog.models import LINE_MARK, Product, ProductLine

LONGEST_LINE = LONGEST_CODE = 60


def stand_in(line: str) -> Product:
    """The entry for a line, made when it is first needed. It is out of use, so that no form offers it; reports count
    it with its line, and the line is listed, so that somebody can say what kind of goods it is.
    """
    name = line.strip()
    code = LINE_MARK + name
    if len(code) > LONGEST_CODE:
        code = LINE_MARK + sha256(name.encode()).hexdigest()[:40]
    known = Product.objects.filter(code=code).first()
    if known is not None:
        return known
    with write_transaction():
        ProductLine.objects.get_or_create(name=name)
        return Product.objects.get_or_create(code=code, defaults={"name": name, "line": name, "is_active": False})[0]
