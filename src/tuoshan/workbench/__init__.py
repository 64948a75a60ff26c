"""The desk: screens for agents, clerks, investigators, supervisors and managers."""
