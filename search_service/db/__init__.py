"""How PostgreSQL is reached: the private server, engines, tables, migrations, failures."""
