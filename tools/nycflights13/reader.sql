-- The role that questions run as: it may read these five tables, and nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'flights_reader') THEN
        CREATE ROLE flights_reader;
    END IF;
END
$$;
ALTER ROLE flights_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;
ALTER ROLE flights_reader SET default_transaction_read_only = on;

-- What everybody may do, this role may do too: so nobody may, unless it was granted by name.
REVOKE CREATE ON SCHEMA public FROM PUBLIC, flights_reader;
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC, flights_reader', current_database());
    -- Day and hour of an instant mean New York's.
    EXECUTE format('ALTER DATABASE %I SET timezone = ''America/New_York''', current_database());
    -- The data ends with 2013, so that "last month" is counted from there.
    EXECUTE format('ALTER DATABASE %I SET analyst.time_follows = ''data''', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO flights_reader', current_database());
END
$$;
GRANT USAGE ON SCHEMA public TO flights_reader;
REVOKE ALL ON public.airlines, public.airports, public.planes, public.weather, public.flights
    FROM PUBLIC, flights_reader;
GRANT SELECT ON public.airlines, public.airports, public.planes, public.weather, public.flights
    TO flights_reader;
