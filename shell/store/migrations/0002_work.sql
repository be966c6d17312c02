-- What is still to be done: messages that were promised in the transaction of a change, jobs, deliveries to webhooks.

-- A message waits until the earlier ones about its object are done. It is taken by whoever sets free_at into the future.
CREATE TABLE outbox (
    tenant     TEXT  NOT NULL,
    id         TEXT  NOT NULL,
    object     TEXT  NOT NULL,
    seq        {i64} NOT NULL,
    topic      TEXT  NOT NULL,
    body       {json} NOT NULL,
    created_at {i64} NOT NULL,
    free_at    {i64} NOT NULL,
    attempts   {i64} NOT NULL,
    done_at    {i64},
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, object, seq),
    CONSTRAINT outbox_seq CHECK (seq > 0),
    CONSTRAINT outbox_attempts CHECK (attempts >= 0)
){strict};
CREATE INDEX outbox_by_time ON outbox (tenant, done_at, free_at, created_at, id);

-- A job is done once for its key. Its runner has it until lease_until, and proves so by naming that time.
CREATE TABLE job (
    tenant      TEXT  NOT NULL,
    id          TEXT  NOT NULL,
    kind        TEXT  NOT NULL,
    key         TEXT  NOT NULL,
    args        {json} NOT NULL,
    state       TEXT  NOT NULL,
    run_at      {i64} NOT NULL,
    lease_until {i64} NOT NULL,
    attempts    {i64} NOT NULL,
    progress    {json} NOT NULL,
    result      {json} NOT NULL,
    created_at  {i64} NOT NULL,
    ended_at    {i64},
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, kind, key),
    CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'cancelling', 'done', 'failed', 'cancelled')),
    CONSTRAINT job_attempts CHECK (attempts >= 0),
    CONSTRAINT job_ended CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled')))
){strict};
CREATE INDEX job_by_state ON job (tenant, state, run_at, id);
CREATE INDEX job_by_time ON job (tenant, created_at, id);

-- One message to one endpoint; what was tried and answered stays.
CREATE TABLE webhook_delivery (
    tenant     TEXT  NOT NULL,
    id         TEXT  NOT NULL,
    endpoint   TEXT  NOT NULL,
    object     TEXT  NOT NULL,
    seq        {i64} NOT NULL,
    body       {json} NOT NULL,
    state      TEXT  NOT NULL,
    next_at    {i64} NOT NULL,
    attempts   {i64} NOT NULL,
    answer     {json} NOT NULL,
    created_at {i64} NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, endpoint, object, seq),
    CONSTRAINT webhook_delivery_state CHECK (state IN ('waiting', 'delivered', 'failed')),
    CONSTRAINT webhook_delivery_attempts CHECK (attempts >= 0)
){strict};
CREATE INDEX webhook_delivery_by_state ON webhook_delivery (tenant, state, next_at, id);
CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (tenant, endpoint, created_at, id);
