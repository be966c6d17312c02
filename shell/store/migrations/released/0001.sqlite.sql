-- Words in braces are column types that each engine writes in its own way (see migrate.rs).

-- What was agreed, offered, observed: never changed, only followed by a later version.
CREATE TABLE fact (
    tenant       TEXT  NOT NULL,
    kind         TEXT  NOT NULL,
    key          TEXT  NOT NULL,
    version      INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, key, version),
    CONSTRAINT fact_version CHECK (version > 0)
) STRICT;

-- Current state with an optimistic version; the typed columns are what queries need.
CREATE TABLE document (
    tenant   TEXT  NOT NULL,
    kind     TEXT  NOT NULL,
    id       TEXT  NOT NULL,
    customer TEXT,
    status   TEXT  NOT NULL,
    sort_at  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id),
    CONSTRAINT document_version CHECK (version > 0)
) STRICT;
CREATE INDEX document_by_time ON document (tenant, kind, sort_at, id);
CREATE INDEX document_by_customer ON document (tenant, kind, customer, sort_at, id);
CREATE INDEX document_by_status ON document (tenant, kind, status, sort_at, id);

-- Gap-free numbers: the number is taken in the transaction that uses it.
CREATE TABLE counter (
    tenant TEXT  NOT NULL,
    series TEXT  NOT NULL,
    value  INTEGER NOT NULL,
    PRIMARY KEY (tenant, series),
    CONSTRAINT counter_value CHECK (value > 0)
) STRICT;

-- The ledger. The postings of an entry are written before the entry, which is refused unless they balance; after it nothing
-- can be added. The deferred reference keeps a posting from staying without its entry.
CREATE TABLE entry (
    tenant         TEXT  NOT NULL,
    id             TEXT  NOT NULL,
    seq            INTEGER NOT NULL,
    book           TEXT  NOT NULL,
    entity         TEXT  NOT NULL,
    business_event TEXT  NOT NULL,
    rule_version   INTEGER NOT NULL,
    effective_at   INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, seq),
    UNIQUE (tenant, business_event, rule_version),
    CONSTRAINT entry_seq CHECK (seq > 0)
) STRICT;
CREATE INDEX entry_by_time ON entry (tenant, effective_at, seq);

CREATE TABLE posting (
    tenant       TEXT  NOT NULL,
    entry_id     TEXT  NOT NULL,
    position     INTEGER NOT NULL,
    account      TEXT  NOT NULL,
    side         TEXT  NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT  NOT NULL,
    dimensions   TEXT NOT NULL,
    PRIMARY KEY (tenant, entry_id, position),
    FOREIGN KEY (tenant, entry_id) REFERENCES entry (tenant, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_position CHECK (position >= 0),
    CONSTRAINT posting_side CHECK (side IN ('debit', 'credit')),
    CONSTRAINT posting_amount CHECK (amount_minor > 0),
    CONSTRAINT posting_currency CHECK (length(currency) = 3)
) STRICT;
CREATE INDEX posting_by_account ON posting (tenant, account, entry_id);

-- Every line that was ever posted. Differences are new rows under the same line key, so a key is not unique.
CREATE TABLE posted_line (
    tenant       TEXT  NOT NULL,
    invoice_id   TEXT  NOT NULL,
    position     INTEGER NOT NULL,
    customer     TEXT  NOT NULL,
    line_key     TEXT  NOT NULL,
    cycle_from   INTEGER NOT NULL,
    cycle_to     INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT  NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (tenant, invoice_id, position),
    CONSTRAINT posted_line_position CHECK (position >= 0),
    CONSTRAINT posted_line_cycle CHECK (cycle_from <= cycle_to),
    CONSTRAINT posted_line_currency CHECK (length(currency) = 3)
) STRICT;
CREATE INDEX posted_line_by_key ON posted_line (tenant, customer, line_key);

-- What was answered to a request with an idempotency key.
CREATE TABLE idempotency (
    tenant       TEXT  NOT NULL,
    key          TEXT  NOT NULL,
    request_hash BLOB NOT NULL,
    response     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX idempotency_by_time ON idempotency (tenant, created_at);

-- What cannot be said in both engines' words: triggers. The text of RAISE is the constraint's name.

CREATE TRIGGER fact_no_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'fact_append_only'); END;
CREATE TRIGGER fact_no_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'fact_append_only'); END;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry_append_only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry_append_only'); END;

CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting_append_only'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting_append_only'); END;

CREATE TRIGGER posted_line_no_update BEFORE UPDATE ON posted_line BEGIN SELECT RAISE(ABORT, 'posted_line_append_only'); END;
CREATE TRIGGER posted_line_no_delete BEFORE DELETE ON posted_line BEGIN SELECT RAISE(ABORT, 'posted_line_append_only'); END;

CREATE TRIGGER entry_has_postings BEFORE INSERT ON entry
WHEN NOT EXISTS (SELECT 1 FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entry_has_postings'); END;

CREATE TRIGGER entry_balances BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id GROUP BY currency
             HAVING SUM(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END) <> 0)
BEGIN SELECT RAISE(ABORT, 'entry_balances'); END;

CREATE TRIGGER posting_entry_open BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM entry WHERE tenant = NEW.tenant AND id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'posting_entry_open'); END;
