"""Everything that a request may use, opened once with the application and closed with it."""

from dataclasses import dataclass
from typing import Any, Self

from litestar.connection import ASGIConnection

from search_service.accounts.passwords import Passwords
from search_service.accounts.tokens import Tokens
from search_service.config import Settings
from search_service.db.engine import Database, open_database
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.errors import ConfigurationError
from search_service.files.store import FileStore
from search_service.ingest.copies import Copies
from search_service.ingest.upload import Intake
from search_service.insights.search_log import SearchLog
from search_service.log import get_logger
from search_service.search.searcher import Searcher
from search_service.search.semantic import Meaning
from search_service.search.understanding import Tools
from search_service.serving.rate_limits import RateLimiter
from search_service.serving.streams import Streams

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with; `limiter` and `streams` count for this process alone.

    `encoder` is None where the semantic rerank is switched off, or has no model that it can use.
    """

    settings: Settings
    database: Database
    store: FileStore
    searcher: Searcher
    search_log: SearchLog
    intake: Intake
    copies: Copies
    tokens: Tokens
    passwords: Passwords
    limiter: RateLimiter
    streams: Streams
    encoder: Encoder | None

    @classmethod
    def open(
        cls, settings: Settings, database_url: str, passwords: Passwords | None = None
    ) -> Self:
        """Make the services; nothing connects yet. Raises ConfigurationError without a usable
        signing key or database URL.

        Without a usable embedding model, where one is wanted, words alone rank, and a warning says
        so.
        """
        encoder = _usable_encoder(settings)
        database = open_database(settings, database_url)
        store = FileStore(settings.files_dir)
        return cls(
            settings=settings,
            database=database,
            store=store,
            searcher=Searcher(
                database, settings.statement_timeout_s, Tools(Meaning(encoder) if encoder else None)
            ),
            search_log=SearchLog(database, with_text=settings.log_queries == "full"),
            intake=Intake(database, store, settings.upload_max_bytes, settings.queue_limit),
            copies=Copies(store, settings.upload_max_bytes),
            tokens=Tokens.of(settings),
            passwords=passwords or Passwords(),
            limiter=RateLimiter(),
            streams=Streams(),
            encoder=encoder,
        )

    async def close(self) -> None:
        """Write what is not logged yet, and close every connection."""
        await self.search_log.flush()
        await self.database.close()


def _usable_encoder(settings: Settings) -> Encoder | None:
    try:
        return open_encoder(settings)
    except ConfigurationError as error:
        _log.warning("hits are ranked by words alone, not by meaning", reason=str(error))
        return None


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    """Give the services of the application that serves the connection."""
    services: Services = connection.app.state.services
    return services
