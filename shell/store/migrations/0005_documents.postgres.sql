CREATE TRIGGER voided_document_append_only BEFORE UPDATE OR DELETE ON voided_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER voided_document_no_truncate BEFORE TRUNCATE ON voided_document EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_served() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stretch JSON;
    begins BIGINT;
    ends BIGINT;
    until BIGINT := NEW.cycle_from;
BEGIN
    FOR stretch IN SELECT value FROM json_array_elements(NEW.served::json) WITH ORDINALITY AS one(value, at) ORDER BY at LOOP
        begins := (stretch->>0)::BIGINT;
        ends := (stretch->>1)::BIGINT;
        IF begins < until OR ends < begins OR ends > NEW.cycle_to THEN
            RAISE EXCEPTION 'a moment is billed twice, or outside of the cycle'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'posted_line_served_once';
        END IF;
        until := ends;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER posted_line_served_once BEFORE INSERT ON posted_line FOR EACH ROW EXECUTE FUNCTION check_served();
