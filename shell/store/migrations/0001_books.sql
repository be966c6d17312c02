-- Words in braces are column types that each engine writes in its own way (see migrate.rs).

-- What was agreed, offered, observed: never changed, only followed by a later version.
CREATE TABLE fact (
    tenant       TEXT  NOT NULL,
    kind         TEXT  NOT NULL,
    key          TEXT  NOT NULL,
    version      {i64} NOT NULL,
    effective_at {i64} NOT NULL,
    recorded_at  {i64} NOT NULL,
    body         {json} NOT NULL,
    PRIMARY KEY (tenant, kind, key, version),
    CONSTRAINT fact_version CHECK (version > 0)
){strict};

-- Current state with an optimistic version; the typed columns are what queries need.
CREATE TABLE document (
    tenant   TEXT  NOT NULL,
    kind     TEXT  NOT NULL,
    id       TEXT  NOT NULL,
    customer TEXT,
    status   TEXT  NOT NULL,
    sort_at  {i64} NOT NULL,
    version  {i64} NOT NULL,
    body     {json} NOT NULL,
    PRIMARY KEY (tenant, kind, id),
    CONSTRAINT document_version CHECK (version > 0)
){strict};
CREATE INDEX document_by_time ON document (tenant, kind, sort_at, id);
CREATE INDEX document_by_customer ON document (tenant, kind, customer, sort_at, id);
CREATE INDEX document_by_status ON document (tenant, kind, status, sort_at, id);

-- Gap-free numbers: the number is taken in the transaction that uses it.
CREATE TABLE counter (
    tenant TEXT  NOT NULL,
    series TEXT  NOT NULL,
    value  {i64} NOT NULL,
    PRIMARY KEY (tenant, series),
    CONSTRAINT counter_value CHECK (value > 0)
){strict};

-- The ledger. The postings of an entry are written before the entry, which is refused unless they balance; after it nothing
-- can be added. The deferred reference keeps a posting from staying without its entry.
CREATE TABLE entry (
    tenant         TEXT  NOT NULL,
    id             TEXT  NOT NULL,
    seq            {i64} NOT NULL,
    book           TEXT  NOT NULL,
    entity         TEXT  NOT NULL,
    business_event TEXT  NOT NULL,
    rule_version   {i64} NOT NULL,
    effective_at   {i64} NOT NULL,
    recorded_at    {i64} NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, seq),
    UNIQUE (tenant, business_event, rule_version),
    CONSTRAINT entry_seq CHECK (seq > 0)
){strict};
CREATE INDEX entry_by_time ON entry (tenant, effective_at, seq);

CREATE TABLE posting (
    tenant       TEXT  NOT NULL,
    entry_id     TEXT  NOT NULL,
    position     {i64} NOT NULL,
    account      TEXT  NOT NULL,
    side         TEXT  NOT NULL,
    amount_minor {i64} NOT NULL,
    currency     TEXT  NOT NULL,
    dimensions   {json} NOT NULL,
    PRIMARY KEY (tenant, entry_id, position),
    FOREIGN KEY (tenant, entry_id) REFERENCES entry (tenant, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_position CHECK (position >= 0),
    CONSTRAINT posting_side CHECK (side IN ('debit', 'credit')),
    CONSTRAINT posting_amount CHECK (amount_minor > 0),
    CONSTRAINT posting_currency CHECK (length(currency) = 3)
){strict};
CREATE INDEX posting_by_account ON posting (tenant, account, entry_id);

-- Every line that was ever posted. Differences are new rows under the same line key, so a key is not unique.
CREATE TABLE posted_line (
    tenant       TEXT  NOT NULL,
    invoice_id   TEXT  NOT NULL,
    position     {i64} NOT NULL,
    customer     TEXT  NOT NULL,
    line_key     TEXT  NOT NULL,
    cycle_from   {i64} NOT NULL,
    cycle_to     {i64} NOT NULL,
    amount_minor {i64} NOT NULL,
    currency     TEXT  NOT NULL,
    body         {json} NOT NULL,
    PRIMARY KEY (tenant, invoice_id, position),
    CONSTRAINT posted_line_position CHECK (position >= 0),
    CONSTRAINT posted_line_cycle CHECK (cycle_from <= cycle_to),
    CONSTRAINT posted_line_currency CHECK (length(currency) = 3)
){strict};
CREATE INDEX posted_line_by_key ON posted_line (tenant, customer, line_key);

-- What was answered to a request with an idempotency key.
CREATE TABLE idempotency (
    tenant       TEXT  NOT NULL,
    key          TEXT  NOT NULL,
    request_hash {bytes} NOT NULL,
    response     {json} NOT NULL,
    created_at   {i64} NOT NULL,
    PRIMARY KEY (tenant, key)
){strict};
CREATE INDEX idempotency_by_time ON idempotency (tenant, created_at);
