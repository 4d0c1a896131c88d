"""A search's answer in the form that the interface gives; the command line writes the same."""

from search_service.api import links
from search_service.api.schemas.citations import Citation
from search_service.api.schemas.search import (
    Correction,
    Expansion,
    Facet,
    FacetValue,
    Hit,
    Named,
    ScorePart,
    SearchAnswer,
    SearchWarning,
    SlideHit,
    Snippet,
)
from search_service.api.schemas.sharing import shareable_of
from search_service.catalog.sharing import Sharing
from search_service.config import Settings
from search_service.search import answer as answers
from search_service.serving.searching import Answered


def answer_of(settings: Settings, answered: Answered) -> SearchAnswer:
    """Give the answer with absolute addresses, as GET /search and `search --json` write it."""
    answer = answered.answer
    return SearchAnswer(
        query=answer.query,
        total=answer.total,
        partial=answer.partial,
        hits=tuple(_hit(settings, hit, answered.sharing) for hit in answer.hits),
        facets=tuple(map(_facet, answer.facets)),
        warnings=tuple(SearchWarning(item.code, item.message) for item in answer.warnings),
        corrected=tuple(Correction(item.typed, item.used) for item in answer.corrected),
        expanded=tuple(Expansion(item.typed, item.added) for item in answer.expanded),
        did_you_mean=answer.did_you_mean,
        next_cursor=answer.next_cursor,
        took_ms=answer.took_ms,
        search_id=answered.search_id,
    )


def _facet(facet: answers.Facet) -> Facet:
    values = tuple(
        FacetValue(each.value, each.label, each.count, each.selected) for each in facet.values
    )
    return Facet(facet.field, facet.exact, values, facet.more)


_SAME = frozenset(Hit.__struct_fields__) - {
    "url", "name_highlights", "personas", "segments", "owner", "slides", "explanation", "shareable",
}  # fmt: skip


def _hit(settings: Settings, hit: answers.Hit, sharing: Sharing) -> Hit:
    return Hit(
        **{name: getattr(hit, name) for name in _SAME},
        url=links.material(settings, hit.material_id),
        name_highlights=hit.name_marks,
        personas=tuple(Named(item.id, item.name) for item in hit.personas),
        segments=tuple(Named(item.id, item.name) for item in hit.segments),
        owner=Named(hit.owner.id, hit.owner.name) if hit.owner else None,
        slides=tuple(_slide(settings, hit.material_id, slide, sharing) for slide in hit.slides),
        explanation=tuple(ScorePart(part.name, part.value, part.words) for part in hit.explanation),
        shareable=shareable_of(sharing.of_material(hit.material_id)),
    )


def _slide(
    settings: Settings, material_id: int, slide: answers.Slide, sharing: Sharing
) -> SlideHit:
    url = links.page(settings, material_id, slide.page_number, slide.version)
    return SlideHit(
        page_number=slide.page_number,
        url=url,
        title=slide.title,
        title_highlights=slide.title_marks,
        snippet=Snippet(slide.snippet.text, slide.snippet.marks, slide.snippet.source),
        hidden=slide.hidden,
        score=slide.score,
        content_hash=slide.content_hash,
        version=slide.version,
        shareable=shareable_of(sharing.of_page(material_id, slide.page_number)),
        citation=Citation(
            material_id=material_id,
            version=slide.version,
            page_number=slide.page_number,
            content_hash=slide.content_hash,
            url=url,
            check=links.citation(settings, slide.content_hash, material_id, slide.version),
        ),
    )
