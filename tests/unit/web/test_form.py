from search_service.web.views.form import Vocabularies, changes_of, fields_of, sent_of, values_of
from tests.unit.web.samples import MATERIAL, material

NOTHING = Vocabularies((), ())


def _sent(**changes: str) -> dict[str, list[str]]:
    pairs = [
        ("name", "Deck"),
        ("description", "First line\r\nSecond line"),
        ("material_type", "PRODUCT_SALES_DECK"),
        ("audience", "BOTH"),
        ("product_name", "Compute"),
        ("universe_name", ""),
        ("version", "2"),
        ("tags", "a, b"),
        ("persona_ids", "1"),
    ]
    kept = [(name, value) for name, value in pairs if name not in changes]
    return sent_of([*kept, *changes.items()])


def test_an_untouched_form_changes_nothing_that_was_not_guessed() -> None:
    assert changes_of(material(guessed_fields=()), _sent()) == {}


def test_saving_confirms_what_was_guessed() -> None:
    assert changes_of(MATERIAL, _sent()) == {"material_type": "PRODUCT_SALES_DECK"}


def test_lists_are_cut_at_commas_and_lines() -> None:
    changes = changes_of(MATERIAL, _sent(tags="x, y", use_cases="one, two\r\nthree"))
    assert [tag for tag in changes["tags"] if tag] == ["x", "y"]
    assert changes["use_cases"] == ["one, two", "three"]


def test_no_box_checked_takes_all_personas_away() -> None:
    sent = _sent()
    sent["persona_ids"] = []
    assert changes_of(MATERIAL, sent)["persona_ids"] == []


def test_an_id_that_is_none_is_left_to_the_check() -> None:
    assert changes_of(MATERIAL, _sent(persona_ids="²"))["persona_ids"] == ["²"]


def test_fields_show_what_was_sent_and_is_wrong() -> None:
    fields = fields_of(MATERIAL, NOTHING, _sent(name=""), {"name": "must not be empty."})
    assert fields["name"].text == ""
    assert fields["name"].error == "must not be empty."
    assert fields["tags"].text == "a, b"


def test_guessed_fields_are_marked_and_choices_chosen() -> None:
    fields = fields_of(MATERIAL, NOTHING)
    assert [name for name, field in fields.items() if field.guessed] == ["material_type"]
    chosen = [option.label for option in fields["material_type"].options if option.chosen]
    assert chosen == ["Sales deck"]
    assert values_of(MATERIAL)["persona_ids"] == ["1"]
