-- When a question was last handed to a worker again, so that many lookers do not hand it over many times.
ALTER TABLE questions ADD COLUMN handed_over_at timestamptz;
