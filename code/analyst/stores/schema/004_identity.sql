-- Who asks, verified: kept with each question, so that whoever answers it applies their policy.
ALTER TABLE questions ADD COLUMN principal jsonb;

-- As whom a source was read: another user of the same database may see less of it.
ALTER TABLE catalogs ADD COLUMN reader text NOT NULL DEFAULT '';

-- What people and programs show instead of proving anew who they are; of the token itself only its hash is kept.
CREATE TABLE tokens (
    id          text PRIMARY KEY,
    hash        text NOT NULL,  -- SHA-256 of the whole token
    kind        text NOT NULL CHECK (kind IN ('session', 'personal')),
    person      text NOT NULL,
    principal   jsonb NOT NULL,  -- with the token's scopes
    name        text NOT NULL,
    made_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    used_at     timestamptz
);
CREATE INDEX tokens_by_person ON tokens (person, made_at) WHERE kind = 'personal';
CREATE INDEX tokens_by_end ON tokens (expires_at);

-- Tickets of the tunnel that have been taken, until they would not be taken for their age.
CREATE TABLE used_tickets (
    hash   text PRIMARY KEY,
    until  timestamptz NOT NULL
);

-- What one person has asked for within the newest minute in which they asked for anything.
CREATE TABLE request_counts (
    person    text PRIMARY KEY,
    minute    timestamptz NOT NULL,
    requests  integer NOT NULL
);
