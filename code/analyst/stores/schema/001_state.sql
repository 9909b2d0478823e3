-- The product's own state: sessions, questions while they run and after, approved examples, catalogs.

CREATE TABLE sessions (
    id          text PRIMARY KEY,
    person      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE questions (
    id             text PRIMARY KEY,
    session_id     text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    request_id     text NOT NULL,
    person         text NOT NULL,
    source         text NOT NULL,
    question       text NOT NULL,
    context        text NOT NULL DEFAULT '',
    mode           text NOT NULL,
    use_cache      boolean NOT NULL DEFAULT true,
    asked_at       timestamptz NOT NULL,
    status         text NOT NULL DEFAULT 'queued',
    steps          jsonb NOT NULL DEFAULT '[]',
    answer         jsonb,
    error          jsonb,
    feedback       jsonb,
    attempts       integer NOT NULL DEFAULT 0,
    worker         text,
    lease_until    timestamptz,
    cancel_wished  boolean NOT NULL DEFAULT false,
    handle         jsonb,
    finished_at    timestamptz
);
CREATE INDEX questions_by_session ON questions (session_id, asked_at);
CREATE INDEX questions_unfinished ON questions (asked_at) WHERE status IN ('queued', 'running');

CREATE TABLE examples (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text NOT NULL,
    dialect      text NOT NULL,
    question     text NOT NULL,
    sql          text NOT NULL,
    status       text NOT NULL DEFAULT 'proposed',
    decided_by   text NOT NULL DEFAULT '',
    decided_at   timestamptz,
    note         text NOT NULL DEFAULT '',
    fingerprint  text NOT NULL DEFAULT '',
    embedder     text NOT NULL,
    vector       vector NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, question, sql)
);
CREATE INDEX examples_serving ON examples (source, embedder) WHERE status = 'approved';

CREATE TABLE catalogs (
    source    text PRIMARY KEY,
    catalog   jsonb NOT NULL,
    built_at  timestamptz NOT NULL DEFAULT now()
);
