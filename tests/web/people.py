"""Who uses the pages under test, and the files that they find there."""

import asyncio
from dataclasses import dataclass

from search_service.accounts.administration import NewUser, create_user
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import Passwords
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.catalog import editing, personas, segments
from search_service.catalog.editing import Target
from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.db.enums import MaterialStatus, Role
from search_service.files.store import FileStore
from search_service.ingest import correcting
from search_service.ingest.correcting import PageTarget
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Intake, Upload
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files

PASSWORD = "correct horse battery"
ROUNDS = 4
OPERATOR = Caller(LOCAL_ADMINISTRATOR)
ROLES = {"ada": Role.ADMIN, "petra": Role.PMM, "otto": Role.PMM, "sam": Role.SALES}
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True, slots=True)
class Library:
    """The materials that are there, by what they are for."""

    deck: int
    datasheet: int
    draft: int
    hostile: int
    deck_bytes: bytes
    scan: int
    """A draft with a page that is a picture."""
    revised: int
    """A deck with a second version, in which its slides are turned around and one has changed."""
    renewed: int
    """A deck with a second version, for a test that adds further ones."""


def address_of(name: str) -> str:
    return f"{name}@example.com"


def fill(settings: Settings) -> Library:
    """Make the people and the library; for fixtures outside an event loop."""
    return asyncio.run(_fill(settings))


async def _fill(settings: Settings) -> Library:
    database = open_database(settings, settings.database_url)
    store = FileStore(settings.files_dir)
    hashed = await Passwords(ROUNDS).hash(PASSWORD)
    people: dict[str, Caller] = {}
    async with database.transaction() as connection:
        for name, role in ROLES.items():
            new = NewUser(
                email=address_of(name),
                full_name=f"{name.title()} Example",
                hashed_password=hashed,
                role=role,
            )
            account = await create_user(connection, OPERATOR, new)
            people[name] = Caller(
                Principal(account.id, account.email, account.full_name, role, False, None)
            )
        cto = (await personas.create(connection, OPERATOR, {"name": "CTO"})).id
        health = (await segments.create(connection, OPERATOR, {"name": "Healthcare"})).id
    intake = Intake(database, store, settings.upload_max_bytes, 100)

    async def add(data: bytes, file_name: str, publish: bool, **fields: object) -> int:
        accepted = await intake.accept(
            people["petra"], Upload(file_name, files.stream(data), {"audience": "BOTH", **fields})
        )
        job = RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, False)
        await extract(Workshop(database, store), job)
        if publish:
            async with database.transaction() as connection:
                for status in (MaterialStatus.REVIEW, MaterialStatus.PUBLISHED):
                    target = Target(accepted.material_id)
                    await editing.transition(connection, people["petra"], target, status)
        return accepted.material_id

    async def revise(material_id: int, data: bytes) -> None:
        upload = Upload("revised.pptx", files.stream(data))
        taken = await intake.accept_version(people["petra"], Target(material_id), upload)
        job = RunningJob(1, "extract", {"job_id": taken.job_id}, 1, False)
        await extract(Workshop(database, store), job)

    first = (("Yak wool", "Wool of a yak"), ("Yak milk", "Butter and cheese"), ("End", "Bye"))
    turned = (first[1], ("Yak wool", "Wool of two yaks"), first[2])
    revised = await add(files.deck(first, ""), "yaks.pptx", False)
    async with database.transaction() as connection:
        for number, title in ((1, "Yak fleece"), (2, "Yak butter")):
            place = PageTarget(revised, number)
            await correcting.correct(connection, people["petra"], place, {"title": title})
    await revise(revised, files.deck(turned, ""))
    renewed = await add(files.deck((("Gayal", "One gayal"),), ""), "gayals.pptx", False)
    await revise(renewed, files.deck((("Gayal", "Two gayals"),), ""))
    scan = await add(
        files.scan((("Zebu", "Words of a zebu"), (), ("Zebu again", "More words"))),
        "scan.pdf",
        False,
    )
    deck = files.deck()
    library = Library(
        deck=await add(
            deck,
            "k8s sales_deck.pptx",
            True,
            name="Managed Kubernetes deck",
            persona_ids=[cto],
            segment_ids=[health],
            universe_name="Public Cloud",
            tags=["kubernetes", "containers"],
        ),
        datasheet=await add(
            files.datasheet(), "store.pdf", True, name="Object Storage", universe_name="Storage"
        ),
        draft=await add(files.deck(notes="Other notes"), "draft_battle_card.pptx", False),
        hostile=await add(
            files.deck((("Hostile " + HOSTILE, f"A cluster {HOSTILE} of words"),), HOSTILE),
            "hostile.pptx",
            True,
            name=f"Hostile {HOSTILE}",
            description=HOSTILE,
            tags=[HOSTILE],
        ),
        deck_bytes=deck,
        scan=scan,
        revised=revised,
        renewed=renewed,
    )
    await database.close()
    return library
