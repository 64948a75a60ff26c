"""After the answer: the survey and the follow-up call."""
