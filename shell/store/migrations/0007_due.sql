-- When the bill of each customer is to be drawn next. What changes a bill moves its row to the front.
CREATE TABLE bill_due (
    tenant    TEXT  NOT NULL,
    customer  TEXT  NOT NULL,
    at        {i64} NOT NULL,
    counts_to {i64} NOT NULL,
    touched   {i64} NOT NULL,
    PRIMARY KEY (tenant, customer)
){strict};
CREATE INDEX bill_due_by_time ON bill_due (tenant, at, customer);
CREATE INDEX bill_due_by_counted ON bill_due (tenant, counts_to);

-- Of those who are there already all bills are drawn once.
INSERT INTO bill_due (tenant, customer, at, counts_to, touched)
SELECT tenant, key, -9223372036854775807, -9223372036854775807, 1 FROM fact WHERE kind = 'customer' AND version = 1;
