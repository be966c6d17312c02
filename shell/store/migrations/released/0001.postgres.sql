-- Words in braces are column types that each engine writes in its own way (see migrate.rs).

-- What was agreed, offered, observed: never changed, only followed by a later version.
CREATE TABLE fact (
    tenant       TEXT COLLATE "C"  NOT NULL,
    kind         TEXT COLLATE "C"  NOT NULL,
    key          TEXT COLLATE "C"  NOT NULL,
    version      BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    recorded_at  BIGINT NOT NULL,
    body         JSON NOT NULL,
    PRIMARY KEY (tenant, kind, key, version),
    CONSTRAINT fact_version CHECK (version > 0)
);

-- Current state with an optimistic version; the typed columns are what queries need.
CREATE TABLE document (
    tenant   TEXT COLLATE "C"  NOT NULL,
    kind     TEXT COLLATE "C"  NOT NULL,
    id       TEXT COLLATE "C"  NOT NULL,
    customer TEXT COLLATE "C",
    status   TEXT COLLATE "C"  NOT NULL,
    sort_at  BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    body     JSON NOT NULL,
    PRIMARY KEY (tenant, kind, id),
    CONSTRAINT document_version CHECK (version > 0)
);
CREATE INDEX document_by_time ON document (tenant, kind, sort_at, id);
CREATE INDEX document_by_customer ON document (tenant, kind, customer, sort_at, id);
CREATE INDEX document_by_status ON document (tenant, kind, status, sort_at, id);

-- Gap-free numbers: the number is taken in the transaction that uses it.
CREATE TABLE counter (
    tenant TEXT COLLATE "C"  NOT NULL,
    series TEXT COLLATE "C"  NOT NULL,
    value  BIGINT NOT NULL,
    PRIMARY KEY (tenant, series),
    CONSTRAINT counter_value CHECK (value > 0)
);

-- The ledger. The postings of an entry are written before the entry, which is refused unless they balance; after it nothing
-- can be added. The deferred reference keeps a posting from staying without its entry.
CREATE TABLE entry (
    tenant         TEXT COLLATE "C"  NOT NULL,
    id             TEXT COLLATE "C"  NOT NULL,
    seq            BIGINT NOT NULL,
    book           TEXT COLLATE "C"  NOT NULL,
    entity         TEXT COLLATE "C"  NOT NULL,
    business_event TEXT COLLATE "C"  NOT NULL,
    rule_version   BIGINT NOT NULL,
    effective_at   BIGINT NOT NULL,
    recorded_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, seq),
    UNIQUE (tenant, business_event, rule_version),
    CONSTRAINT entry_seq CHECK (seq > 0)
);
CREATE INDEX entry_by_time ON entry (tenant, effective_at, seq);

CREATE TABLE posting (
    tenant       TEXT COLLATE "C"  NOT NULL,
    entry_id     TEXT COLLATE "C"  NOT NULL,
    position     BIGINT NOT NULL,
    account      TEXT COLLATE "C"  NOT NULL,
    side         TEXT COLLATE "C"  NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT COLLATE "C"  NOT NULL,
    dimensions   JSON NOT NULL,
    PRIMARY KEY (tenant, entry_id, position),
    FOREIGN KEY (tenant, entry_id) REFERENCES entry (tenant, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_position CHECK (position >= 0),
    CONSTRAINT posting_side CHECK (side IN ('debit', 'credit')),
    CONSTRAINT posting_amount CHECK (amount_minor > 0),
    CONSTRAINT posting_currency CHECK (length(currency) = 3)
);
CREATE INDEX posting_by_account ON posting (tenant, account, entry_id);

-- Every line that was ever posted. Differences are new rows under the same line key, so a key is not unique.
CREATE TABLE posted_line (
    tenant       TEXT COLLATE "C"  NOT NULL,
    invoice_id   TEXT COLLATE "C"  NOT NULL,
    position     BIGINT NOT NULL,
    customer     TEXT COLLATE "C"  NOT NULL,
    line_key     TEXT COLLATE "C"  NOT NULL,
    cycle_from   BIGINT NOT NULL,
    cycle_to     BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT COLLATE "C"  NOT NULL,
    body         JSON NOT NULL,
    PRIMARY KEY (tenant, invoice_id, position),
    CONSTRAINT posted_line_position CHECK (position >= 0),
    CONSTRAINT posted_line_cycle CHECK (cycle_from <= cycle_to),
    CONSTRAINT posted_line_currency CHECK (length(currency) = 3)
);
CREATE INDEX posted_line_by_key ON posted_line (tenant, customer, line_key);

-- What was answered to a request with an idempotency key.
CREATE TABLE idempotency (
    tenant       TEXT COLLATE "C"  NOT NULL,
    key          TEXT COLLATE "C"  NOT NULL,
    request_hash BYTEA NOT NULL,
    response     JSON NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_by_time ON idempotency (tenant, created_at);

-- What cannot be said in both engines' words: triggers. The name of the constraint is that which SQLite reports.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fact_no_truncate BEFORE TRUNCATE ON fact EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON posting EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posted_line_append_only BEFORE UPDATE OR DELETE ON posted_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posted_line_no_truncate BEFORE TRUNCATE ON posted_line EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id) THEN
        RAISE EXCEPTION 'the entry has no postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_postings';
    END IF;
    IF EXISTS (SELECT 1 FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id GROUP BY currency
               HAVING SUM(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END) <> 0) THEN
        RAISE EXCEPTION 'the entry does not balance' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_check BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION check_entry();

CREATE FUNCTION check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM entry WHERE tenant = NEW.tenant AND id = NEW.entry_id) THEN
        RAISE EXCEPTION 'the entry is written already' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_entry_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_check BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION check_posting();
