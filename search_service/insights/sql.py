"""The statements of insights.sql, with the access predicate in its places."""

from search_service.accounts.policy import visible_sql
from search_service.db.statements import Statements

STATEMENTS = Statements("search_service.insights", "insights.sql", {"visible": visible_sql})
