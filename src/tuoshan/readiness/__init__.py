"""Whether this process may work on its database: it is reached, has this version's tables, and the keys fit."""
