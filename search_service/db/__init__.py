"""Everything that knows how PostgreSQL is reached: the private server, engines, tables, migrations."""
