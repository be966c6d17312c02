CREATE TRIGGER voided_document_append_only BEFORE UPDATE OR DELETE ON voided_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER voided_document_no_truncate BEFORE TRUNCATE ON voided_document EXECUTE FUNCTION refuse_change();
