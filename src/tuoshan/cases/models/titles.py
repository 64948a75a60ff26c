"""The title of a case: what its customer said, and in place of that, once the customer is erased, that it is gone."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

ERASED = "␡"
"""Stored as the title of every case of an erased customer; read in the words of the language in force."""


class ErasedTitle(str):
    """The words in place of an erased title. Handed back to the model they are `ERASED` again."""

    __slots__ = ()


def is_erased(title: str) -> bool:
    """Whether a title, as stored or as read, is that of a case whose customer was erased."""
    return title == ERASED or isinstance(title, ErasedTitle)


def stored(title: Any) -> Any:
    """What is kept of a title that was read."""
    return ERASED if isinstance(title, ErasedTitle) else title


class _Title(DeferredAttribute):
    """Reads the mark in words, and takes the words for the mark."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return ErasedTitle(_("（已随客户删除）")) if value == ERASED else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = stored(value)


class TitleField(models.CharField[Any, Any]):
    """A column of plain text; only what an erased customer's cases are called follows the reader's language."""

    descriptor_class = _Title

    def get_prep_value(self, value: Any) -> Any:
        """As it is stored."""
        return super().get_prep_value(stored(value))

    def deconstruct(self) -> Any:
        """In migrations the plain column that it is."""
        name, _path, arguments, named = super().deconstruct()
        return name, "django.db.models.CharField", arguments, named
