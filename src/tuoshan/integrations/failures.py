"""Why a delivery did not happen."""


class DeliveryError(Exception):
    """Not delivered; trying again may help."""


class DeliveryRefused(DeliveryError):
    """Not delivered, and trying again will not help: the address is wrong."""
