"""The customer's side: submit, track, answer, rate. No account; a case opens by number and phone, or by link."""
