"""Every table that the application reads or writes, as SQLAlchemy sees it.

The migrations are the truth; a test compares these classes with the migrated catalogue.
"""

from search_service.db.tables.blocks import (
    BlockBand,
    BlockFingerprint,
    BlockSighting,
    BlockVariant,
)
from search_service.db.tables.content import (
    MaterialDetails,
    MaterialPage,
    MaterialVersion,
    Passage,
    PassageEmbedding,
)
from search_service.db.tables.declaration import Base
from search_service.db.tables.documented import (
    AuditLog,
    ContentBlock,
    ContentBlockUsage,
    Material,
    MaterialHealthHistory,
    MaterialPersona,
    MaterialSegment,
    Persona,
    Segment,
    User,
)
from search_service.db.tables.insights import LoggedSearch, SearchClick, SearchErasure
from search_service.db.tables.lifecycle import MaterialSuccessor, OutdatedReport
from search_service.db.tables.proposed import DismissedProposal, KeywordBase
from search_service.db.tables.reviewed import (
    AcknowledgedWarning,
    CompletenessHistory,
    PageCorrection,
    PublicationWish,
    ReviewState,
    VersionReview,
)
from search_service.db.tables.searched import (
    CorpusStatistics,
    IndexChange,
    IndexState,
    LexemeStatistics,
    SurfaceWord,
    TopPostings,
)
from search_service.db.tables.service import (
    ApiKey,
    IngestJob,
    LoginFailure,
    QueuePause,
    RefreshToken,
    SetupLink,
)
from search_service.db.tables.suggested import PastQuery, SuggestedPhrase, SuggestionPrefix
from search_service.db.tables.tuning import Judgement, Pin, RankingWeights, Synonym

__all__ = [
    "AcknowledgedWarning",
    "ApiKey",
    "AuditLog",
    "Base",
    "BlockBand",
    "BlockFingerprint",
    "BlockSighting",
    "BlockVariant",
    "CompletenessHistory",
    "ContentBlock",
    "ContentBlockUsage",
    "CorpusStatistics",
    "DismissedProposal",
    "IndexChange",
    "IndexState",
    "IngestJob",
    "Judgement",
    "KeywordBase",
    "LexemeStatistics",
    "LoggedSearch",
    "LoginFailure",
    "Material",
    "MaterialDetails",
    "MaterialHealthHistory",
    "MaterialPage",
    "MaterialPersona",
    "MaterialSegment",
    "MaterialSuccessor",
    "MaterialVersion",
    "OutdatedReport",
    "PageCorrection",
    "Passage",
    "PassageEmbedding",
    "PastQuery",
    "Persona",
    "Pin",
    "PublicationWish",
    "QueuePause",
    "RankingWeights",
    "RefreshToken",
    "ReviewState",
    "SearchClick",
    "SearchErasure",
    "Segment",
    "SetupLink",
    "SuggestedPhrase",
    "SuggestionPrefix",
    "SurfaceWord",
    "Synonym",
    "TopPostings",
    "User",
    "VersionReview",
]
