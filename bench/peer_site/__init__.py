"""The smallest site on which django-helpdesk runs; it lives in its own environment under var/bench."""
