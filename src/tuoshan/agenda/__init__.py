"""What must happen when: one durable table, and the worker that empties it."""
