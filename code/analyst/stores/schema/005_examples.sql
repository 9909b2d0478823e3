-- What an example's SQL reads, why it may not serve, and how often it did; one question has one approved answer.

-- What makes two questions the same; of one length, so that texts of any length can be indexed.
CREATE FUNCTION question_key(question text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT md5(rtrim(ltrim(lower(regexp_replace(normalize(question, NFKC), '\s+', ' ', 'g'))), ' ?.!'))
$$;

ALTER TABLE examples
    ADD COLUMN reads jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN quarantine text NOT NULL DEFAULT '',
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN question_key text NOT NULL GENERATED ALWAYS AS (question_key(question)) STORED,
    ADD COLUMN sql_key text NOT NULL GENERATED ALWAYS AS (md5(sql)) STORED,
    ADD CONSTRAINT examples_status CHECK (status IN ('proposed', 'approved', 'quarantined', 'revoked')),
    DROP CONSTRAINT examples_source_question_sql_key;

-- Of pairs that say the same, the one that was decided on last speaks.
WITH ranked AS (
    SELECT id, row_number() OVER (
        PARTITION BY source, question_key, sql_key ORDER BY decided_at DESC NULLS LAST, id DESC) AS place
    FROM examples)
DELETE FROM examples USING ranked WHERE examples.id = ranked.id AND place > 1;

WITH ranked AS (
    SELECT id, first_value(id) OVER newest AS kept FROM examples WHERE status = 'approved'
    WINDOW newest AS (PARTITION BY source, question_key ORDER BY decided_at DESC NULLS LAST, id DESC))
UPDATE examples SET status = 'revoked', note = 'Replaced by #' || kept || '.', version = version + 1
FROM ranked WHERE examples.id = ranked.id AND kept <> ranked.id;

CREATE UNIQUE INDEX examples_same ON examples (source, question_key, sql_key);
CREATE INDEX examples_outdated ON examples (source, id) WHERE status = 'approved';

-- Apart from the examples themselves: a hit must not write their vectors, and the indexes of those, anew.
CREATE TABLE example_uses (
    example_id    bigint PRIMARY KEY REFERENCES examples (id) ON DELETE CASCADE,
    hits          bigint NOT NULL DEFAULT 0,
    rejections    bigint NOT NULL DEFAULT 0,
    last_used_at  timestamptz
);

-- One after another for each question, whoever decides; approving one revokes what answered the question before.
CREATE FUNCTION decide_example(which bigint, wanted text, who text, said text, seen integer)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    now_is  record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(source || ' ' || question_key, 7204120))
        FROM examples WHERE id = which;
    SELECT source, question_key, status, version INTO now_is FROM examples WHERE id = which FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF now_is.status = wanted THEN
        RETURN 'as it was';
    ELSIF now_is.version <> seen THEN
        RETURN 'changed';
    ELSIF now_is.status = 'quarantined' AND wanted = 'approved' THEN
        RETURN 'quarantined';
    END IF;
    UPDATE examples SET status = wanted, decided_by = who, decided_at = now(), quarantine = '',
        note = coalesce(nullif(said, ''), note), version = version + 1 WHERE id = which;
    IF wanted = 'approved' THEN
        UPDATE examples SET status = 'revoked', decided_by = who, decided_at = now(), quarantine = '',
            note = 'Replaced by #' || which || '.', version = version + 1
        WHERE source = now_is.source AND question_key = now_is.question_key AND id <> which
            AND status IN ('approved', 'quarantined');
    END IF;
    RETURN 'done';
END $$;
