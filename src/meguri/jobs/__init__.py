"""What must be done: durable jobs. The only place that names the engine (DBOS)."""
