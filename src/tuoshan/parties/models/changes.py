"""Who changed which setting, when, and what stood there before and after."""

from collections.abc import Callable
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.parties.naming import in_language
from tuoshan.secrets import HIDDEN, mask_address

_HIDING: dict[tuple[str, str], Callable[[str], str]] = {
    ("outgoing", "url"): mask_address,
    ("outgoing", "body"): lambda text: HIDDEN if text else "",
}
"""What of a gateway may hold its keys, by area and field."""


class SettingChange(models.Model):
    """One change of a setting. Rows are added and never altered or removed.

    ``fields`` lists ``{"name", "label", "before", "after"}`` as people read them in Chinese, with ``label_en`` and so
    on where English reads otherwise; what is secret or personal stands there masked, so that the list may be shown
    to whoever may see settings.
    """

    area = models.CharField(_("设置项"), max_length=40)
    key = models.CharField(_("对象"), max_length=120)
    title = models.CharField(_("名称"), max_length=160)
    title_en = models.CharField(_("英文名称"), max_length=160, blank=True, default="", db_default="")
    action = models.CharField(
        _("操作"),
        max_length=8,
        choices=[("made", _("新建")), ("changed", _("修改")), ("removed", _("删除")), ("done", _("执行"))],
    )
    fields = models.JSONField(_("内容"), default=list)
    at = models.DateTimeField(_("时间"), default=clock.now)
    person = models.ForeignKey(
        "parties.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("设置变更")
        verbose_name_plural = _("设置变更")
        indexes = [models.Index(fields=["area", "key", "-at"], name="parties_change_of")]

    def __str__(self) -> str:
        return f"{self.area} {self.key} {self.action}"

    @property
    def shown_title(self) -> str:
        """What was changed, in the language in force."""
        return in_language(self.title, self.title_en)

    @property
    def shown_fields(self) -> list[dict[str, str]]:
        """Each field with its title, what it was and what it became, in the language in force; where keys may stand in
        it, only that it was changed.
        """
        return [
            {"name": one["name"], "label": in_language(one["label"], one.get("label_en", ""))}
            | {part: self._shown(one, part) for part in ("before", "after")}
            for one in self.fields
        ]

    def _shown(self, one: dict[str, str], part: str) -> str:
        said = in_language(one[part], one.get(f"{part}_en", ""))
        hide = _HIDING.get((self.area, one["name"]))
        return hide(said) if hide else said

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row. Raises TypeError for one that is stored already."""
        if not self._state.adding:
            raise TypeError("a change of settings that was recorded is never altered")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always raises TypeError."""
        raise TypeError("a change of settings that was recorded is never removed")
