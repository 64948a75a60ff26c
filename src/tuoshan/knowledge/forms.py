"""Forms for quick replies and message texts; screens put them into their pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge import templates, wording, writing
from tuoshan.knowledge.case_values import all_reply_variables
from tuoshan.knowledge.models import MessageTemplate, QuickReply


class QuickReplyForm(forms.ModelForm):  # type: ignore[type-arg]
    """One quick reply; `shared` is offered only to those who may share."""

    shared = forms.BooleanField(label=gettext_lazy("全员共享"), required=False)

    class Meta:
        model = QuickReply
        fields = ["title", "text", "category", "shortcut", "language"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, person: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if may_share:
            self.fields["shared"].initial = self.instance.pk is not None and self.instance.person_id is None
        else:
            del self.fields["shared"]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        known = all_reply_variables()
        wrong = writing.stray_braces(text) or [
            writing.unknown(name) for name in wording.variables(text) if name not in known
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        return text

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        owner = None if values.get("shared") else self.person.pk
        if values.get("shortcut"):
            same = QuickReply.objects.filter(
                person_id=owner, shortcut=values["shortcut"], language=values.get("language")
            ).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error("shortcut", _("这个快捷词已经用过了。"))
        return values

    def save(self, commit: bool = True) -> Any:
        """Store it; own unless shared."""
        reply = super().save(commit=False)
        reply.person_id = None if self.cleaned_data.get("shared") else self.person.pk
        reply.updated_at = clock.now()
        if commit:
            with write_transaction():
                reply.save()
        return reply


class MessageTextForm(forms.Form):
    """The company's own wording of one message in one language for one channel."""

    subject = forms.CharField(label=gettext_lazy("主题"), max_length=200, required=False)
    body = forms.CharField(
        label=gettext_lazy("正文"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("留空则恢复流程自带的文字"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, playbook: Playbook, message: str, language: str, channel: str = "", **kwargs: Any
    ) -> None:
        self.key = {"playbook": playbook, "message": message, "language": language, "channel": channel}
        text = templates.text_for(playbook, message, language=language, channel=channel)
        kwargs.setdefault("initial", {"subject": text.subject, "body": text.body})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        for name in ("subject", "body"):
            for one in templates.problems(self.key["playbook"], values.get(name, ""), ""):  # type: ignore[arg-type]
                sentence = (
                    _("没有变量 {%(what)s}。") if one.kind == "unknown" else _("大括号要成对，里面只写变量名：%(what)s")
                )
                self.add_error(name, sentence % {"what": one.what})
        return values

    def save(self, person: Any) -> MessageTemplate:
        """Add the version."""
        return templates.save(
            **self.key, subject=self.cleaned_data["subject"], body=self.cleaned_data["body"], now=clock.now(),  # type: ignore[arg-type]
            person_id=person.pk,
        )  # fmt: skip
