"""Who may: the home's token, the UI's session, and the permission that every route declares."""
