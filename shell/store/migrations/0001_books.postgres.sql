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
