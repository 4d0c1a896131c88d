"""The HTTP interface under /api/v1: routes, what they take and give, and their errors."""
