"""The catalogue as it is looked up while somebody types."""

from django.db.models import QuerySet

from tuoshan.catalog.models import Product

MOST_SUGGESTED = 20


def products(text: str) -> "QuerySet[Product]":
    """Products on sale whose name has the text or whose code begins so; all of them for an empty one."""
    plain = text.strip()
    found = Product.objects.filter(is_active=True)
    return found.filter(name__icontains=plain) | found.filter(code__istartswith=plain) if plain else found
