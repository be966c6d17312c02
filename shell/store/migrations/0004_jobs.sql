-- Work that comes again, and finding all that is to be done without asking each tenant.

-- Each time that a schedule comes up makes a job, once: whoever moves next_at makes it.
CREATE TABLE schedule (
    tenant     TEXT  NOT NULL,
    id         TEXT  NOT NULL,
    body       {json} NOT NULL,
    state      TEXT  NOT NULL,
    next_at    {i64} NOT NULL,
    created_at {i64} NOT NULL,
    PRIMARY KEY (tenant, id),
    CONSTRAINT schedule_is CHECK (state IN ('active', 'paused'))
){strict};
CREATE INDEX schedule_open ON schedule (tenant, next_at, state) WHERE state = 'active';

-- A job that found nothing to do; the newest of its kind is kept.
ALTER TABLE job ADD COLUMN quiet {i64} NOT NULL DEFAULT 0;
-- The trace in which a message was promised (W3C traceparent).
ALTER TABLE outbox ADD COLUMN trace TEXT;

-- What is open is little beside what is done. The columns of the conditions are in them so that they are all that has to be read.
CREATE INDEX outbox_open ON outbox (tenant, free_at, done_at) WHERE done_at IS NULL;
CREATE INDEX job_open ON job (tenant, run_at, lease_until, ended_at) WHERE ended_at IS NULL;
CREATE INDEX webhook_delivery_open ON webhook_delivery (tenant, endpoint, next_at, id, state) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_by_time ON webhook_delivery (tenant, created_at, id);
-- Alerts are looked for over all tenants.
CREATE INDEX document_alert ON document (tenant, sort_at, kind) WHERE kind = 'alert';
