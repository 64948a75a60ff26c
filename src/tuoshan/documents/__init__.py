"""Evidence that people hand in, and the papers that go out: stored files, slips, letters, records."""
