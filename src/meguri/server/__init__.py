"""The ASGI application: routes, access, errors, OpenAPI, live events, the UI's files."""
