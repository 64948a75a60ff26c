"""Forms for what an administrator or a person sets here; screens put them into their pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.integrations import sms, staff_mail
from tuoshan.integrations.models import NotificationPreference, SmsGateway
from tuoshan.parties.models import Person


class SmsGatewayForm(forms.ModelForm):  # type: ignore[type-arg]
    """The gateway; headers are secret, so what is stored is never shown and stays when left empty."""

    url = forms.URLField(label=gettext_lazy("地址"), max_length=500, assume_scheme="https")

    class Meta:
        model = SmsGateway
        fields = [
            "name",
            "url",
            "method",
            "format",
            "body",
            "headers",
            "success",
            "id_path",
            "timeout_seconds",
            "is_on",
        ]
        widgets = {"body": forms.Textarea(attrs={"rows": 4}), "headers": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_headers = self.instance.headers if self.instance.pk else ""
        self.initial["headers"] = ""

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        values["headers"] = values.get("headers") or self.kept_headers
        if not self.errors:
            try:
                sms.check(SmsGateway(**values))
            except sms.GatewayWrong as error:
                field = str(error).partition(":")[0]
                self.add_error(field if field in self.fields else None, _("这里写得不对：%(what)s") % {"what": error})
        return values

    def save(self, commit: bool = True) -> Any:
        """Store it."""
        port = super().save(commit=False)
        port.headers, port.changed_at = self.cleaned_data["headers"], clock.now()
        if commit:
            with write_transaction():
                port.save()
        return port


class NotificationPaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """When a person gets mail; which kinds stands with the person."""

    class Meta:
        model = NotificationPreference
        fields = ["pace", "quiet"]
        labels = {"pace": gettext_lazy("邮件什么时候发")}
        help_texts = {
            "pace": gettext_lazy("升级给您的和紧急工单总是马上发"),
            "quiet": gettext_lazy("留到下一个上班时间再发；升级给您的和紧急工单除外"),
        }

    @classmethod
    def of(cls, person: Person, data: Any = None) -> "NotificationPaceForm":
        """The form of this person."""
        return cls(data, instance=staff_mail.preference(person.pk))

    def save(self, commit: bool = True) -> Any:
        """Store it; what waits already for the person goes out when it would by the new choice, if that is sooner."""
        chosen = super().save(commit=commit)
        if commit and self.has_changed():
            staff_mail.hurry(chosen.person_id, clock.now())
        return chosen
