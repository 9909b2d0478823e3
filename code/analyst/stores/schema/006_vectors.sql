-- Where approved examples are found by their vectors: apart from their texts, and from those of most other sources.
-- An index of neighbours filters after it has found something near; so that it seldom finds what another source asks,
-- and reads few pages for what it finds, rows are narrow and sources are spread over tables of their own.
-- Half precision changes the order of neighbours only where they are as good as equal.
CREATE TABLE example_vectors (
    source      text NOT NULL,
    embedder    text NOT NULL,
    example_id  bigint NOT NULL REFERENCES examples (id) ON DELETE CASCADE,
    vector      halfvec NOT NULL,
    PRIMARY KEY (source, example_id)
) PARTITION BY HASH (source);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE example_vectors_%s PARTITION OF example_vectors'
            ' FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
        -- In their row, also where they are long: each look-up reads many of them.
        EXECUTE format('ALTER TABLE example_vectors_%s ALTER COLUMN vector SET STORAGE MAIN', part);
    END LOOP;
END $$;

-- One index for each length that a known embedding model has; vectors of other lengths are compared one by one.
CREATE INDEX example_vectors_256 ON example_vectors USING hnsw ((vector::halfvec(256)) halfvec_cosine_ops)
    WHERE vector_dims(vector) = 256;
CREATE INDEX example_vectors_384 ON example_vectors USING hnsw ((vector::halfvec(384)) halfvec_cosine_ops)
    WHERE vector_dims(vector) = 384;
CREATE INDEX example_vectors_512 ON example_vectors USING hnsw ((vector::halfvec(512)) halfvec_cosine_ops)
    WHERE vector_dims(vector) = 512;
CREATE INDEX example_vectors_1024 ON example_vectors USING hnsw ((vector::halfvec(1024)) halfvec_cosine_ops)
    WHERE vector_dims(vector) = 1024;

-- An index of neighbours may overlook one; what has the very same vector is found for certain.
CREATE INDEX example_vectors_same ON example_vectors (source, embedder, md5(vector::text));

CREATE FUNCTION example_vector_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.source, NEW.status, NEW.embedder, NEW.vector)
            IS NOT DISTINCT FROM (OLD.source, OLD.status, OLD.embedder, OLD.vector) THEN
            RETURN NULL;
        END IF;
        DELETE FROM example_vectors WHERE source = OLD.source AND example_id = OLD.id;
    END IF;
    IF NEW.status = 'approved' THEN
        INSERT INTO example_vectors VALUES (NEW.source, NEW.embedder, NEW.id, NEW.vector::halfvec);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER found AFTER INSERT OR UPDATE OF source, status, embedder, vector ON examples
    FOR EACH ROW EXECUTE FUNCTION example_vector_kept();
INSERT INTO example_vectors
    SELECT source, embedder, id, vector::halfvec FROM examples WHERE status = 'approved';

-- What another embedding model has made, to be made anew.
CREATE INDEX examples_by_embedder ON examples (embedder, id);
