"""The classes of search whose statements are looked at; words are those of benchmarks.filled."""

from dataclasses import dataclass

from search_service.search.request import Match, SearchRequest, Sort
from search_service.search.tree import Field

# "wordb" is the commonest word, in about every second passage; "wordcb" the 21st; and so on.
COMMON, MIDDLE, OTHER, RARE = "wordcb", "wordbaa", "wordbca", "wordbaaaa"


@dataclass(frozen=True, slots=True)
class Case:
    """A class of search, and the block that it must have sent, or within another, to be one."""

    name: str
    request: SearchRequest
    block: str = "stored_lists"


CASES = (
    Case("one rare word", SearchRequest(RARE), "rare_lists"),
    Case("one common word", SearchRequest(COMMON)),
    Case("two words with stored lists", SearchRequest(f"{MIDDLE} {OTHER}")),
    Case("any of two words", SearchRequest(f"{MIDDLE} {OTHER}", match=Match.ANY)),
    Case("a question", SearchRequest(f"{COMMON} {MIDDLE} {OTHER} {RARE} wordhh wordjjj wordef")),
    Case("a phrase", SearchRequest(f'"{MIDDLE} {COMMON}"'), "phrase_materials"),
    Case("an exclusion", SearchRequest(f"{MIDDLE} -{OTHER}")),
    Case("an excluded common word", SearchRequest(f"{MIDDLE} -{COMMON}")),
    Case("a prefix", SearchRequest(f"{MIDDLE} wordbb*"), "expand_prefixes"),
    Case("two words written together", SearchRequest(f"{MIDDLE}{COMMON}"), "side_by_side"),
    Case("a word with one letter wrong", SearchRequest(f"{MIDDLE} wordbcax"), "published_words"),
    Case("a word with two letters wrong", SearchRequest(f"{MIDDLE} wordbxcax"), "similar_words"),
    Case(
        "two filters",
        SearchRequest(
            f"{MIDDLE} {OTHER}",
            selection={Field.UNIVERSE: ("Public Cloud",), Field.TYPE: ("brief",)},
        ),
    ),
    Case("the newest", SearchRequest(f"{MIDDLE} {OTHER}", sort=Sort.NEWEST)),
    Case("explained", SearchRequest(f"{MIDDLE} {RARE}", explain=True), "explain"),
)
# While every material counts as one of many passages.
CASE_OF_LONG = Case("long materials", SearchRequest(f"{MIDDLE} {OTHER}"), "best_of_long")
CASES_TUNED = (
    Case("a synonym", SearchRequest(f"synonym7 {OTHER}"), "synonyms"),
    Case("a pinned slide", SearchRequest(OTHER), "pinned_slides"),
)
CASE_OF_MEANING = Case("by meaning", SearchRequest(f"{MIDDLE} {OTHER}"), "passage_vectors")
CASES_AFTER_WRITING = (
    Case("after writing: columns", SearchRequest(MIDDLE), "changed_columns"),
    Case("after writing: two words", SearchRequest(f"{MIDDLE} {OTHER}"), "written_lists"),
    Case("after writing: a rare word", SearchRequest(RARE), "written_lists"),
)
