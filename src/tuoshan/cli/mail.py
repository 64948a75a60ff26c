"""`tuoshan mail-test`: whether the mail server takes our mail."""

from typing import Annotated

import typer

from tuoshan.keys import only_read


def mail_test(address: Annotated[str, typer.Argument(help="To whom the mail goes.")]) -> None:
    """Send one mail by the server of the settings, at once and past the outbox, and say what the server answered."""
    only_read()
    import django

    django.setup()
    from django.conf import settings

    from tuoshan import clock, identifiers
    from tuoshan.integrations import mail
    from tuoshan.integrations.failures import DeliveryError, DeliveryRefused
    from tuoshan.integrations.models import OutgoingMessage

    if not mail.is_set_up():
        typer.echo(
            f"未设置邮件服务器（TUOSHAN_SMTP_HOST），邮件只存入 {mail.folder()}。 / No mail server is set "
            f"(TUOSHAN_SMTP_HOST): mail is laid into {mail.folder()}.", err=True,
        )  # fmt: skip
        raise typer.Exit(1)
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    row = OutgoingMessage(
        key=f"mail-test:{identifiers.token()}", channel=OutgoingMessage.Channel.MAIL, to=address,
        subject="妥善：测试邮件 / Tuoshan: test mail", at=clock.now(),
        body=f"收到这封邮件，说明邮件服务器设置正确。\nThis mail proves that the mail server is set up.\n\n{server}\n",
    )  # fmt: skip
    try:
        number = mail.send(row)
    except (DeliveryError, DeliveryRefused) as error:
        typer.echo(f"{server}: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{server} 已接收 / took it: {settings.DEFAULT_FROM_EMAIL} → {address}, {number}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mail-test")(mail_test)
