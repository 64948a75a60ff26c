"""What leaves the house: the outbox to mail and SMS, the mail folder, and telling staff."""
