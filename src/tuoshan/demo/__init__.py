"""The demo company: an invented retailer whose three months of cases are played through the real engine."""
