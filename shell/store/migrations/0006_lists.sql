-- Reading lists by what they can be narrowed and sorted by.

-- The audit log by time.
CREATE INDEX fact_audit ON fact (tenant, recorded_at, key) WHERE kind = 'audit';
-- Jobs and deliveries that stand somewhere, the newest first: failed ones among many that are done.
CREATE INDEX job_by_state_and_time ON job (tenant, state, created_at, id);
CREATE INDEX webhook_delivery_by_endpoint_and_state ON webhook_delivery (tenant, endpoint, state, created_at, id);
