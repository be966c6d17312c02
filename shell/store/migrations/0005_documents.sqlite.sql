CREATE TRIGGER voided_document_no_update BEFORE UPDATE ON voided_document BEGIN SELECT RAISE(ABORT, 'voided_document_append_only'); END;
CREATE TRIGGER voided_document_no_delete BEFORE DELETE ON voided_document BEGIN SELECT RAISE(ABORT, 'voided_document_append_only'); END;

CREATE TRIGGER posted_line_served_once BEFORE INSERT ON posted_line
WHEN EXISTS (SELECT 1 FROM json_each(NEW.served) AS one
             WHERE json_extract(one.value, '$[0]') > json_extract(one.value, '$[1]')
                OR json_extract(one.value, '$[0]') < NEW.cycle_from OR json_extract(one.value, '$[1]') > NEW.cycle_to)
  OR EXISTS (SELECT 1 FROM json_each(NEW.served) AS one JOIN json_each(NEW.served) AS next ON next.key = one.key + 1
             WHERE json_extract(one.value, '$[1]') > json_extract(next.value, '$[0]'))
BEGIN SELECT RAISE(ABORT, 'posted_line_served_once'); END;
