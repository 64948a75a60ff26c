"""By what a start tells whether its keys are those of the database."""

from django.db import models

from tuoshan.secrets import EncryptedTextField


class KeyProof(models.Model):
    """One key under which something was written. Who cannot read the token of every field key, or has not the one
    index key or, among the keys whose signatures they believe, the one that signs, works on somebody else's database.

    The token is written anew with all that is encrypted (`tuoshan keys rotate`), so that a retired key leaves a row
    that the newer one reads. Of signing keys there is the newest alone: who starts with a newer one beside it puts
    that in its place.
    """

    FIELDS, INDEX, SIGNING = "fields", "index", "signing"

    kind = models.CharField(max_length=10)
    mark = models.CharField(max_length=64)
    """A hash by which the key is known again and from which it cannot be found."""
    token = EncryptedTextField(default="")

    class Meta:
        db_table = "readiness_keyproof"
        constraints = [models.UniqueConstraint(fields=["kind", "mark"], name="readiness_keyproof_mark")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"
