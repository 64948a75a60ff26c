"""How accounts behave; allauth loads this by its name in `ACCOUNT_ADAPTER`."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: object, **more: object
    ) -> None:
        """That one is signed in or out is plain to see; only what changed an account is said."""
        if not (message_template or "").startswith("account/messages/logged_"):
            super().add_message(request, level, message_template, *args, **more)
