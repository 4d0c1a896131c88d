"""The values a demo library is made of: owns their shape, knows neither TOML nor file formats."""

from dataclasses import dataclass
from datetime import date

MATERIAL_TYPES = (
    "PRODUCT_BRIEF",
    "PRODUCT_SALES_ENABLEMENT_DECK",
    "PRODUCT_PORTFOLIO_PRESENTATION",
    "PRODUCT_SALES_DECK",
    "PRODUCT_DATASHEET",
    "PRODUCT_CATALOG",
)
AUDIENCES = ("INTERNAL", "CUSTOMER_FACING", "BOTH")
STATUSES = ("DRAFT", "REVIEW", "PUBLISHED", "ARCHIVED")
UNIVERSES = ("Public Cloud", "Private Cloud", "Bare Metal", "Hosting & Collaboration")


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    role: str
    description: str
    goals: str
    challenges: str
    preferred_content: str


@dataclass(frozen=True, slots=True)
class Segment:
    name: str
    description: str
    industry: str
    company_size: str
    region: str
    key_drivers: str
    pain_points: str
    buying_criteria: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the metadata table says of one material; `path` is relative, with forward slashes."""

    path: str
    name: str
    type: str
    audience: str
    status: str
    product: str
    universe: str
    language: str
    owner: str
    review_by: date
    issued: date
    version: str
    description: str
    personas: tuple[str, ...]
    segments: tuple[str, ...]
    tags: tuple[str, ...]
    use_cases: tuple[str, ...]
    pain_points: tuple[str, ...]


Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BulletItem:
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Title:
    subtitle: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[BulletItem, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first row is the header; all rows are equally long."""

    rows: Rows
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One number per category and series."""

    style: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    takeaway: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    left_title: str
    left: tuple[BulletItem, ...]
    right_title: str
    right: tuple[BulletItem, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Groups from left to right: each row is a group's title followed by its boxes."""

    groups: Rows
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Figures: each row is value, label and perhaps a detail."""

    cards: Rows


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    author: str
    figures: Rows


SlideBody = Title | Bullets | Table | Chart | Columns | Diagram | Cards | Quote


@dataclass(frozen=True, slots=True)
class SharedUse:
    """Which shared slide or page this is; an empty variant is the current wording."""

    key: str
    variant: str


@dataclass(frozen=True, slots=True)
class Slide:
    title: str
    lead: str
    body: SlideBody
    notes: str
    comment: str
    hidden: bool
    shared: SharedUse | None


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Callout:
    text: str


Block = Heading | Paragraph | Callout | Bullets | Table | Chart


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    lead: str
    columns: int
    blocks: tuple[Block, ...]
    shared: SharedUse | None


@dataclass(frozen=True, slots=True)
class Deck:
    metadata: Metadata
    slides: tuple[Slide, ...]


@dataclass(frozen=True, slots=True)
class Document:
    metadata: Metadata
    pages: tuple[Page, ...]


Material = Deck | Document
