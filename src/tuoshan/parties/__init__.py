"""Who people are: staff, roles, org units, customers; what each may see and do."""
