"""The way from each released schema to the next. Alembic loads `env.py` and `versions`; see `meguri.db.migrate`."""
