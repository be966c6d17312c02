-- Documents that are taken back, and when a line was posted.

-- A document that was voided: its lines count as not posted. The lines themselves stay.
CREATE TABLE voided_document (
    tenant     TEXT  NOT NULL,
    customer   TEXT  NOT NULL,
    invoice_id TEXT  NOT NULL,
    voided_at  {i64} NOT NULL,
    PRIMARY KEY (tenant, customer, invoice_id)
){strict};

-- The order in which lines of one key were posted: a draft has its id long before it is issued.
ALTER TABLE posted_line ADD COLUMN posted_at {i64} NOT NULL DEFAULT 0;

-- The stretches of service that the line's key is billed for since, as JSON: [[from, to], …] in microseconds, in order. No moment is in two of them, and none
-- lies outside of the cycle.
ALTER TABLE posted_line ADD COLUMN served TEXT NOT NULL DEFAULT '[]';
