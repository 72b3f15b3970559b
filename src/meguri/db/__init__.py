"""The database: engine, transactions, column types, migrations. It knows no capability."""
