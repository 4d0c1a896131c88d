"""Runs migrations on the connection that search_service.db.migrate hands over; reads no setting."""

from alembic import context


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("Run `search-service migrate`; it connects, locks and calls Alembic.")
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run()
