-- Who tried to run what: append-only, each entry chained to the one before by its hash.
-- Plain statements can only add entries; whatever else happens, happens in the triggers below (depth 2).
-- Triggers are enabled ALWAYS, so that a session in replica mode meets them, too.

CREATE TABLE audit (
    number    bigint PRIMARY KEY,
    id        text NOT NULL UNIQUE,
    at        timestamptz NOT NULL,
    person    text NOT NULL,
    entry     text NOT NULL,  -- canonical JSON (RFC 8785), as it was hashed; id, at and person are copied from it
    previous  text NOT NULL,  -- hash of the entry before
    hash      text NOT NULL   -- SHA-256 of {"entry":…,"number":…,"previous":"…"}
);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_person ON audit (person, number);

-- The newest entry. Its one row is what writers wait for, and it shows when the newest entries are gone.
CREATE TABLE audit_head (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    number  bigint NOT NULL,
    hash    text NOT NULL
);
INSERT INTO audit_head (number, hash) VALUES (0, repeat('0', 64));

-- Adding a row here is the retention function: it removes the oldest entries and tells where the chain begins since.
CREATE TABLE audit_forgotten (
    through          bigint PRIMARY KEY,
    hash             text NOT NULL,
    entries          bigint NOT NULL,
    older_than_days  double precision NOT NULL CHECK (older_than_days >= 1),
    at               timestamptz NOT NULL
);

CREATE FUNCTION audit_chained() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    said  jsonb := NEW.entry::jsonb;
    head  audit_head%ROWTYPE;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    IF EXISTS (SELECT FROM audit a WHERE a.id = said ->> 'id') THEN
        RETURN NULL;  -- sent once more after the connection was lost
    END IF;
    NEW.number := head.number + 1;
    NEW.id := said ->> 'id';
    NEW.at := (said ->> 'at')::timestamptz;
    NEW.person := said ->> 'person';
    NEW.previous := head.hash;
    NEW.hash := encode(sha256(convert_to(
        format('{"entry":%s,"number":%s,"previous":"%s"}', NEW.entry, NEW.number, NEW.previous), 'UTF8')), 'hex');
    UPDATE audit_head SET number = NEW.number, hash = NEW.hash;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    young  bigint;
BEGIN
    IF NOT coalesce(NEW.older_than_days >= 1, false) THEN
        RAISE EXCEPTION 'the audit keeps its entries for a day at least' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(7204119);
    NEW.at := now();
    SELECT min(number) INTO young FROM audit WHERE at >= now() - NEW.older_than_days * interval '1 day';
    SELECT number, hash INTO NEW.through, NEW.hash FROM audit
        WHERE young IS NULL OR number < young ORDER BY number DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM audit WHERE number <= NEW.through;
    GET DIAGNOSTICS NEW.entries = ROW_COUNT;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER chained BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chained();
CREATE TRIGGER kept BEFORE UPDATE OR TRUNCATE ON audit EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER forgotten BEFORE DELETE ON audit FOR EACH STATEMENT
    WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER kept BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER moved BEFORE UPDATE ON audit_head FOR EACH STATEMENT
    WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER forgets BEFORE INSERT ON audit_forgotten FOR EACH ROW EXECUTE FUNCTION audit_forgets();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_forgotten EXECUTE FUNCTION audit_refuses();

ALTER TABLE audit ENABLE ALWAYS TRIGGER chained;
ALTER TABLE audit ENABLE ALWAYS TRIGGER kept;
ALTER TABLE audit ENABLE ALWAYS TRIGGER forgotten;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER kept;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER moved;
ALTER TABLE audit_forgotten ENABLE ALWAYS TRIGGER forgets;
ALTER TABLE audit_forgotten ENABLE ALWAYS TRIGGER kept;
