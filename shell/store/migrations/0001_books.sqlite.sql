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
