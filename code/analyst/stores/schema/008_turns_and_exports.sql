-- When a question was last taken up, so that people take turns.
ALTER TABLE questions ADD COLUMN taken_up_at timestamptz;
CREATE INDEX questions_by_turn ON questions (person, taken_up_at);

-- Large files that are made of stored results, so that any process can show how far one is, or stop it.
CREATE TABLE exports (
    name           text PRIMARY KEY,                -- of the file: "<result id>.<format>"
    question_id    text NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    person         text NOT NULL,
    status         text NOT NULL DEFAULT 'queued',  -- queued, running, done, failed or cancelled
    rows_done      bigint NOT NULL DEFAULT 0,
    row_count      bigint NOT NULL,
    error          jsonb,                           -- {"code", "message"} where it failed
    asked_at       timestamptz NOT NULL DEFAULT now(),
    attempts       integer NOT NULL DEFAULT 0,
    worker         text,
    lease_until    timestamptz,
    cancel_wished  boolean NOT NULL DEFAULT false
);
CREATE INDEX exports_of_question ON exports (question_id);
CREATE INDEX exports_unfinished ON exports (asked_at) WHERE status IN ('queued', 'running');

-- Who reads a source's catalog anew right now, so that one worker does it while all others serve the old one.
CREATE TABLE catalog_leases (
    source  text PRIMARY KEY,
    until   timestamptz NOT NULL
);
