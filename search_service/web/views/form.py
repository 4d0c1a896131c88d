"""The metadata form: its fields with values, marks and errors, and what a sent one changes. Pure.

Which value is valid is the business of `catalog.metadata`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_service.catalog.materials import MaterialRecord
from search_service.catalog.personas import PersonaRecord
from search_service.catalog.segments import SegmentRecord
from search_service.web.views import wording

_LISTS = ("tags", "keywords")
_LINES = ("use_cases", "pain_points")
_LINKS = ("persona_ids", "segment_ids")
_TEXTS = (
    "name", "description", "material_type", "audience", "product_name", "universe_name", "version",
    "review_by", "expires_on",
)  # fmt: skip
FIELDS = (*_TEXTS, *_LISTS, *_LINES, *_LINKS)
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the form; `options` only where there is a list to choose from."""

    name: str
    text: str
    guessed: bool
    error: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """What can be chosen."""

    personas: Sequence[PersonaRecord]
    segments: Sequence[SegmentRecord]


def fields_of(
    material: MaterialRecord,
    known: Vocabularies,
    sent: Sent | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, FormField]:
    """Give the fields by name: with the material's values, or with what was sent and is wrong."""
    given = values_of(material) | dict(sent or {})
    return {
        name: FormField(
            name=name,
            text=_as_text(name, given.get(name, ())),
            guessed=name in material.guessed_fields,
            error=(errors or {}).get(name, ""),
            options=_options(name, known, given.get(name, ())),
        )
        for name in FIELDS
    }


def values_of(material: MaterialRecord) -> dict[str, Sequence[str]]:
    """Give the material's values as a form sends them."""
    values: dict[str, Sequence[str]] = {}
    for name in _TEXTS:
        value = getattr(material, name)
        values[name] = [] if value is None else [str(value)]
    for name in (*_LISTS, *_LINES):
        values[name] = list(getattr(material, name))
    values["persona_ids"] = [str(item.id) for item in material.personas]
    values["segment_ids"] = [str(item.id) for item in material.segments]
    return values


def sent_of(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect what a form sent, by field; lists are cut at commas or line ends."""
    sent: dict[str, list[str]] = {name: [] for name in FIELDS}
    for name, value in pairs:
        if name in _LISTS:
            sent[name] += value.replace("\n", ",").split(",")
        elif name in _LINES:
            sent[name] += value.splitlines()
        elif name in sent:
            sent[name].append(value)
    return {name: [value.strip() for value in values] for name, values in sent.items()}


def changes_of(material: MaterialRecord, sent: Sent) -> dict[str, Any]:
    """Give the fields to change, in the form that `catalog.metadata` takes.

    A guessed field counts as changed: whoever saves the form has confirmed it. A field that was
    not touched stays out, so that reading the file again may still improve it.
    """
    present = values_of(material)
    return {
        name: _value(name, sent[name])
        for name in FIELDS
        if name in material.guessed_fields or _filled(sent[name]) != _filled(present[name])
    }


def _filled(values: Sequence[str]) -> list[str]:
    # A browser sends line ends as CR LF.
    texts = [value.replace("\r\n", "\n").strip() for value in values]
    return sorted(text for text in texts if text)


def _value(name: str, values: Sequence[str]) -> Any:
    if name in _LINKS:
        return [int(value) if value.isdecimal() and value.isascii() else value for value in values]
    if name in _LISTS or name in _LINES:
        return list(values)
    return values[-1] if values else None


def _as_text(name: str, values: Sequence[str]) -> str:
    if name in _LISTS:
        return ", ".join(values)
    if name in _LINES:
        return "\n".join(values)
    return values[-1] if values else ""


def _options(name: str, known: Vocabularies, values: Sequence[str]) -> tuple[Option, ...]:
    choices: Mapping[str, str] = {}
    if name == "material_type":
        choices = wording.TYPES
    elif name == "audience":
        choices = wording.AUDIENCES
    elif name == "persona_ids":
        choices = {str(item.id): item.name for item in known.personas}
    elif name == "segment_ids":
        choices = {str(item.id): item.name for item in known.segments}
    return tuple(Option(str(value), label, value in values) for value, label in choices.items())
