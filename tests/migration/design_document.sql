CREATE TABLE users (
    id              SERIAL PRIMARY KEY,
    email           VARCHAR(255) UNIQUE NOT NULL,
    hashed_password VARCHAR(255) NOT NULL,
    full_name       VARCHAR(255) NOT NULL,
    role            VARCHAR(50) DEFAULT 'pmm',
    is_active       BOOLEAN DEFAULT TRUE,
    is_superuser    BOOLEAN DEFAULT FALSE,
    created_at      TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at      TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- Indexes
CREATE INDEX idx_users_email ON users(email);
CREATE INDEX idx_users_role ON users(role);

CREATE TYPE materialtype AS ENUM (
    'PRODUCT_BRIEF',
    'PRODUCT_SALES_ENABLEMENT_DECK',
    'PRODUCT_PORTFOLIO_PRESENTATION',
    'PRODUCT_SALES_DECK',
    'PRODUCT_DATASHEET',
    'PRODUCT_CATALOG'
);

CREATE TYPE materialaudience AS ENUM (
    'INTERNAL',
    'CUSTOMER_FACING',
    'BOTH'
);

CREATE TYPE materialstatus AS ENUM (
    'DRAFT',
    'REVIEW',
    'PUBLISHED',
    'ARCHIVED'
);

CREATE TABLE materials (
    id                  SERIAL PRIMARY KEY,
    name                VARCHAR(255) NOT NULL,
    description         TEXT,
    material_type       materialtype NOT NULL,
    audience            materialaudience NOT NULL,
    product_name        VARCHAR(255),
    universe_name       VARCHAR(100),
    file_path           VARCHAR(500),
    file_name           VARCHAR(255),
    file_format         VARCHAR(20),
    file_size           BIGINT,
    version             VARCHAR(50),
    status              materialstatus DEFAULT 'DRAFT',
    tags                TEXT[],
    keywords            TEXT[],
    use_cases           TEXT[],
    pain_points         TEXT[],
    health_score        INTEGER DEFAULT 0,
    usage_count         INTEGER DEFAULT 0,
    completeness_score  INTEGER DEFAULT 0,
    last_updated        TIMESTAMP WITH TIME ZONE,
    owner_id            INTEGER REFERENCES users(id) ON DELETE SET NULL,
    created_at          TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- Indexes
CREATE INDEX idx_materials_owner ON materials(owner_id);
CREATE INDEX idx_materials_status ON materials(status);
CREATE INDEX idx_materials_universe ON materials(universe_name);
CREATE INDEX idx_materials_type ON materials(material_type);
CREATE INDEX idx_materials_audience ON materials(audience);
CREATE INDEX idx_materials_tags ON materials USING GIN(tags);
CREATE INDEX idx_materials_keywords ON materials USING GIN(keywords);

CREATE TABLE personas (
    id                 SERIAL PRIMARY KEY,
    name               VARCHAR(100) NOT NULL,
    role               VARCHAR(100),
    description        TEXT,
    goals              TEXT,
    challenges         TEXT,
    preferred_content  TEXT,
    created_at         TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at         TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- Index
CREATE INDEX idx_personas_name ON personas(name);

CREATE TABLE segments (
    id               SERIAL PRIMARY KEY,
    name             VARCHAR(100) NOT NULL,
    description      TEXT,
    industry         VARCHAR(100),
    company_size     VARCHAR(50),
    region           VARCHAR(50),
    key_drivers      TEXT,
    pain_points      TEXT,
    buying_criteria  TEXT,
    created_at       TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at       TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- Indexes
CREATE INDEX idx_segments_name ON segments(name);
CREATE INDEX idx_segments_industry ON segments(industry);
CREATE INDEX idx_segments_region ON segments(region);

-- Materials to Personas
CREATE TABLE material_persona_association (
    material_id  INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
    persona_id   INTEGER NOT NULL REFERENCES personas(id) ON DELETE CASCADE,
    PRIMARY KEY (material_id, persona_id)
);

-- Materials to Segments
CREATE TABLE material_segment_association (
    material_id  INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
    segment_id   INTEGER NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    PRIMARY KEY (material_id, segment_id)
);

CREATE TABLE content_blocks (
    id           SERIAL PRIMARY KEY,
    name         VARCHAR(255) NOT NULL,
    content      TEXT NOT NULL,
    block_type   VARCHAR(50),
    category     VARCHAR(100),
    tags         TEXT[],
    is_reusable  BOOLEAN DEFAULT TRUE,
    created_at   TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at   TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE content_block_usages (
    id               SERIAL PRIMARY KEY,
    content_block_id INTEGER NOT NULL REFERENCES content_blocks(id) ON DELETE CASCADE,
    material_id      INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
    slide_number     INTEGER,
    usage_context    TEXT,
    created_at       TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE material_health_history (
    id              SERIAL PRIMARY KEY,
    material_id     INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
    health_score    INTEGER NOT NULL,
    checked_at      TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    issues_found    TEXT[],
    recommendations TEXT[]
);

CREATE INDEX idx_health_history_material ON material_health_history(material_id);
CREATE INDEX idx_health_history_date ON material_health_history(checked_at);
