"""The database: engine, transactions, column types, migrations. No domain words."""
