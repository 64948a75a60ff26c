"""Customers: everything that tells who they are is encrypted; they are found by blind indexes."""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.secrets import (
    EncryptedTextField,
    Unreadable,
    blind_index,
    mask_email,
    mask_name,
    mask_phone,
    normalised,
    phone_e164,
)

PHONE_TAIL_DIGITS = 4


def name_grams(text: str) -> set[str]:
    """Return what a name is searched by: its pairs of neighbouring letters, and its first letter alone."""
    plain = normalised(text, "name").replace(" ", "")
    return {plain[i : i + 2] for i in range(len(plain) - 1)} | ({f"^{plain[0]}"} if plain else set())


def gram_index(gram: str) -> str:
    """The blind index of one pair of letters; shorter than others, as there is one row per pair."""
    return blind_index(gram, "name-gram")[:16]


class Customer(models.Model):
    """Someone who bought from us or complained to us. Erasing keeps the row, so that cases stay whole."""

    name = EncryptedTextField(_("姓名"), blank=True, default="")
    phone = EncryptedTextField(_("电话"), blank=True, default="")
    email = EncryptedTextField(_("邮箱"), blank=True, default="")
    address = EncryptedTextField(_("地址"), blank=True, default="")
    phone_index = models.CharField(max_length=32, null=True, blank=True, editable=False)
    phone_tail_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    email_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    name_index = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    grade = models.CharField(_("客户级别"), max_length=20, blank=True)
    language = models.CharField(_("语言"), max_length=8, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    joined_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", editable=False)
    """Turned out to be this customer: all that was theirs is there, the row is empty and counts as erased."""
    made_by = models.ForeignKey(
        "parties.Person", models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
    )
    """Who registered the customer's first word, and so wrote this record down; none where nobody of ours did."""
    contact_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Goes up when a phone or mail address to which links were sent is theirs no longer; those links then open
    nothing."""

    class Meta:
        ordering = ["-id"]
        verbose_name = _("客户")
        verbose_name_plural = _("客户")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=Q(phone_index__isnull=False), name="parties_customer_phone"
            ),
        ]

    def __str__(self) -> str:
        return str(_("已删除的客户")) if self.erased_at else self.name or self.masked_phone or f"#{self.pk}"

    @property
    def shown_name(self) -> str:
        """The name as colleagues read it; of an erased customer that they were erased."""
        return str(_("已删除")) if self.erased_at else self.name

    @property
    def masked_name(self) -> str:
        """The name as strangers may see it."""
        return mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        """The phone as strangers may see it."""
        return mask_phone(self.phone)

    @property
    def masked_email(self) -> str:
        """The address as strangers may see it."""
        return mask_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep every blind index with what it indexes, the pairs of letters of the name included; what cannot be read
        keeps the index that it has.
        """
        previous = self.name_index
        unread = {name for name in ("phone", "email", "name") if isinstance(self.__dict__.get(name), Unreadable)}
        if "phone" not in unread:
            self.phone = phone_e164(self.phone) or self.phone.strip()
            digits = "".join(sign for sign in self.phone if sign.isdigit())
            self.phone_index = blind_index(self.phone, "phone") or None
            self.phone_tail_index = blind_index(digits[-PHONE_TAIL_DIGITS:], "tail")
        if "email" not in unread:
            self.email_index = blind_index(self.email, "email")
        if "name" not in unread:
            self.name_index = blind_index(self.name, "name")
        self.updated_at = clock.now()
        kwargs.pop("update_fields", None)
        super().save(*args, **kwargs)
        if previous != self.name_index:
            self.grams.all().delete()
            CustomerNameGram.objects.bulk_create(
                CustomerNameGram(customer=self, gram=gram_index(gram)) for gram in sorted(name_grams(self.name))
            )


class CustomerNameGram(models.Model):
    """One pair of neighbouring letters of a customer's name, as a keyed hash."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="grams", db_index=True)
    gram = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gram", "customer"], name="parties_customer_gram"),
        ]

    def __str__(self) -> str:
        return self.gram


class CustomerChange(models.Model):
    """One correction of a customer's record: who, when, and each field with its masked values.

    Masked values still tell something of a person: they are encrypted, and emptied when the customer is erased.
    """

    class Action(models.TextChoices):
        CHANGED = "changed", _("已更正")
        JOINED = "joined", _("已合并")
        ERASED = "erased", _("已删除个人信息")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="changes")
    action = models.CharField(max_length=8, choices=Action)
    content = EncryptedTextField(blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    person = models.ForeignKey("parties.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.action}"

    @property
    def fields(self) -> list[dict[str, str]]:
        """`name`, `before` and `after` of each field, masked; none after the customer was erased, or where they
        cannot be read."""
        return list(json.loads(self.content)) if self.content and not isinstance(self.content, Unreadable) else []
