"""The optional second factor: a code from an authenticator app, and recovery codes."""

from allauth.mfa.adapter import DefaultMFAAdapter

from tuoshan.secrets import decrypt, encrypt


class EncryptedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the app's secret and the recovery codes encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_label(self, user: object) -> str:
        """The name that the app shows: the username, never a mail address."""
        return str(getattr(user, "username", user))

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Nothing is sent: the person did it themselves, in a session that had just been confirmed."""
