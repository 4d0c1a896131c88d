"""The closed lists of the schema, without SQLAlchemy, so that every layer may name them."""

from enum import StrEnum


class MaterialType(StrEnum):
    PRODUCT_BRIEF = "PRODUCT_BRIEF"
    PRODUCT_SALES_ENABLEMENT_DECK = "PRODUCT_SALES_ENABLEMENT_DECK"
    PRODUCT_PORTFOLIO_PRESENTATION = "PRODUCT_PORTFOLIO_PRESENTATION"
    PRODUCT_SALES_DECK = "PRODUCT_SALES_DECK"
    PRODUCT_DATASHEET = "PRODUCT_DATASHEET"
    PRODUCT_CATALOG = "PRODUCT_CATALOG"


class MaterialAudience(StrEnum):
    INTERNAL = "INTERNAL"
    CUSTOMER_FACING = "CUSTOMER_FACING"
    BOTH = "BOTH"


class MaterialStatus(StrEnum):
    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


class Role(StrEnum):
    """What a user is; anything else in the column means least privilege."""

    PMM = "pmm"
    SALES = "sales"
    ADMIN = "admin"


class JobState(StrEnum):
    """Where an ingest stands; the last five are final, `FAILED` may be started again."""

    QUEUED = "queued"
    EXTRACTING = "extracting"
    INDEXING = "indexing"
    DONE = "done"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self not in {JobState.QUEUED, JobState.EXTRACTING, JobState.INDEXING}


class ReviewReason(StrEnum):
    """Why whoever looks after a material should look at it."""

    SERIOUS_WARNINGS = "serious_warnings"
    """A serious warning of the present version is open."""
    PARTLY_READ = "partly_read"
    """Of the newest file only a part could be read, and nobody has acknowledged that."""
    REFUSED = "refused"
    """The newest file could not be read."""
    UNFITTING_CORRECTIONS = "unfitting_corrections"
    """A correction fits no page of the present version any more."""
    REVIEW_DUE = "review_due"
    """Its review date has come, and it is not archived."""
    EXPIRING = "expiring"
    """It expires within 14 days."""
    EXPIRED = "expired"
    """Its expiry date has come; for 30 days after that took it out of use."""
    REPORTED = "reported"
    """Somebody says that it is outdated, and nobody has answered."""
    STALE_PAGES = "stale_pages"
    """A page of it is published in newer words elsewhere."""
