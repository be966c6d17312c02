-- A plan that is made while a table is empty knows no difference between its indexes and is kept while the table grows. These ask in an order that only
-- the primary key has.
CREATE OR REPLACE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM (SELECT 1 FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id ORDER BY position LIMIT 1) AS first) THEN
        RAISE EXCEPTION 'the entry has no postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_postings';
    END IF;
    IF EXISTS (SELECT 1 FROM (SELECT currency, side, amount_minor FROM posting WHERE tenant = NEW.tenant AND entry_id = NEW.id ORDER BY position OFFSET 0) AS own
               GROUP BY currency HAVING SUM(CASE side WHEN 'debit' THEN amount_minor ELSE -amount_minor END) <> 0) THEN
        RAISE EXCEPTION 'the entry does not balance' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT tenant, id FROM entry WHERE (tenant, id) >= (NEW.tenant, NEW.entry_id) ORDER BY tenant, id LIMIT 1) AS next
               WHERE next.tenant = NEW.tenant AND next.id = NEW.entry_id) THEN
        RAISE EXCEPTION 'the entry is written already' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_entry_open';
    END IF;
    RETURN NEW;
END $$;
