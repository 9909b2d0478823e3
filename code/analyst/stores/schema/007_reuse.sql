-- Queries whose stored rows may be shown again, where a source allows it; neither their SQL nor their rows are here.
CREATE TABLE reusable_results (
    key        text PRIMARY KEY,      -- SHA-256 of the source, of as whom it is read, and of the executed SQL
    source     text NOT NULL,
    result_id  text NOT NULL,
    digest     text NOT NULL,         -- SHA-256 of the rows: an id may be written over, by another try of a question
    can_write  boolean NOT NULL,      -- whether the database's role could have changed data
    ran_at     timestamptz NOT NULL   -- when the query began
);
CREATE INDEX reusable_results_by_age ON reusable_results (ran_at);
