"""The statements of tuning.sql, with the access predicate in its places."""

from search_service.accounts.policy import visible_sql
from search_service.db.statements import Statements

STATEMENTS = Statements("search_service.search", "tuning.sql", {"visible": visible_sql})
