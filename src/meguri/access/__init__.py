"""Projects, users, roles, tokens and sessions, and the permission that every route declares."""
