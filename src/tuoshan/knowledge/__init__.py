"""Words kept ready: quick replies and the company's own message texts."""
