"""`embed` gives an existing library the vectors that the semantic rerank reads."""

import click

from search_service.cli.console import say
from search_service.cli.progress import progress_bar
from search_service.cli.runtime import run
from search_service.config import Settings
from search_service.embedding.encoder import open_encoder
from search_service.errors import ConfigurationError
from search_service.ingest import embeddings
from search_service.serving.services import Services


@click.command("embed")
@click.pass_obj
def embed(settings: Settings) -> None:
    """Compute the vectors that are missing, for the ranking by meaning.

    What is uploaded while SEARCH_SERVICE_SEMANTIC is on gets its own by itself. It can be stopped
    and started again at any time.
    """
    if settings.semantic == "off":
        raise ConfigurationError(
            "The ranking by meaning is switched off; run this with SEARCH_SERVICE_SEMANTIC=on."
        )
    written = run(settings, _embed)
    say(f"{written:,} passages got their vectors." if written else "No passage lacks a vector.")


COMMANDS = (embed,)


async def _embed(services: Services) -> int:
    encoder = services.encoder or open_encoder(services.settings)  # says why there is none
    assert encoder is not None
    written = 0
    total = await embeddings.count_lacking(services.database, encoder)
    with progress_bar() as bar:
        task = bar.add_task("Embedding", total=total)
        async for passages in embeddings.embed_library(services.database, encoder):
            written += passages
            bar.advance(task, passages)
    return written
