CREATE TRIGGER voided_document_no_update BEFORE UPDATE ON voided_document BEGIN SELECT RAISE(ABORT, 'voided_document_append_only'); END;
CREATE TRIGGER voided_document_no_delete BEFORE DELETE ON voided_document BEGIN SELECT RAISE(ABORT, 'voided_document_append_only'); END;
