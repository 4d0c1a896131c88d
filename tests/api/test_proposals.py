"""What the text proposes, with its evidence, until somebody decides."""

from typing import Any

import pytest

from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

SLIDES = (
    ("Battle card for quiet nights", "What a Night Watcher asks before anything else is said"),
    ("Harbour security", "Cranes and quays are watched by cameras that see in the dark"),
)


@pytest.fixture(scope="module")
async def deck(service: Service, anyio_backend: str) -> dict[str, Any]:
    persona = {"name": "Night Watcher", "goals": "Quiet nights without alarms"}
    segment = {
        "name": "Ports",
        "industry": "Shipping",
        "pain_points": "Cranes, quays, cameras, harbour security",
    }
    ids = {
        kind: (await service.call("admin", "POST", f"/{kind}s", json=entry)).json()["id"]
        for kind, entry in (("persona", persona), ("segment", segment))
    }
    accepted = await service.upload("pmm", files.deck(SLIDES, "proposals"), name="harbour.pptx")
    return ids | {"path": f"/materials/{accepted['material_id']}"}


async def _proposed(service: Service, deck: dict[str, Any]) -> dict[str, Any]:
    answer = await service.call("pmm", "GET", f"{deck['path']}/proposals")
    assert answer.status_code == 200, answer.text
    return {item["kind"]: item for item in answer.json()["items"]}


async def test_proposals_are_decided_one_by_one_and_never_apply_themselves(
    service: Service, deck: dict[str, Any]
) -> None:
    found = await _proposed(service, deck)
    assert set(found) == {"persona", "segment", "material_type"}
    persona, segment, kind = found["persona"], found["segment"], found["material_type"]
    assert (persona["value"], persona["name"]) == (str(deck["persona"]), "Night Watcher")
    assert persona["evidence"][0] == {"words": "night watcher", "pages": [1]}
    assert {"words": "harbour security", "pages": [2]} in segment["evidence"]
    assert kind["value"] == "PRODUCT_SALES_ENABLEMENT_DECK"
    assert kind["evidence"] == [{"words": "battle card", "pages": [1]}]
    untouched = (await service.call("pmm", "GET", deck["path"])).json()
    assert (untouched["personas"], untouched["segments"]) == ([], [])

    async def decide(item: dict[str, Any], decision: str) -> Any:
        body = {"kind": item["kind"], "value": item["value"], "decision": decision}
        return await service.call("pmm", "POST", f"{deck['path']}/proposals", json=body)

    left = await decide(persona, "accept")
    assert [item["kind"] for item in left.json()["items"]] == ["material_type", "segment"]
    assert (await decide(segment, "dismiss")).status_code == 200
    assert (await decide(kind, "accept")).json()["items"] == []
    assert (await decide(segment, "accept")).status_code == 404
    changed = (await service.call("pmm", "GET", deck["path"])).json()
    assert [item["name"] for item in changed["personas"]] == ["Night Watcher"]
    assert changed["segments"] == []
    assert changed["material_type"] == "PRODUCT_SALES_ENABLEMENT_DECK"
    assert {"persona_ids", "material_type"} <= set(changed["edited_fields"])
    assert await _proposed(service, deck) == {}


async def test_a_decision_is_one_of_two(service: Service, deck: dict[str, Any]) -> None:
    body = {"kind": "persona", "value": "1", "decision": "maybe"}
    wrong = await service.call("pmm", "POST", f"{deck['path']}/proposals", json=body)
    assert wrong.status_code == 400
