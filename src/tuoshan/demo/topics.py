"""What a complaint can be about: the shape that the texts are poured into."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One kind of trouble: what customers say of it, who looks into it, what is found, what is done.

    Texts may name {product} {days} {n} {store} {courier} {price} {order} {promotion}. `causes` are pairs of cause and
    responsible party; `gravity` is low, middle or high; `inquiry` the departments that are asked.
    """

    key: str
    category: str
    lines: tuple[str, ...]
    weight: float
    inquiry: tuple[str, ...]
    causes: tuple[tuple[str, str], ...]
    remedies: tuple[str, ...]
    texts: tuple[str, ...]
    findings: tuple[str, ...]
    measure: str
    gravity: str = "low"
    wishes: tuple[str, ...] = ()
    picture: str = ""
    where: str = ""
    """`store` or `web` where the trouble only happens in one of them."""
