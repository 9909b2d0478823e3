-- Columns in the order of the CSV files' headers, which COPY compares.

CREATE TABLE public.airlines (
    carrier text PRIMARY KEY,
    name    text NOT NULL
);

CREATE TABLE public.airports (
    faa   text PRIMARY KEY,
    name  text NOT NULL,
    lat   double precision NOT NULL,
    lon   double precision NOT NULL,
    alt   integer NOT NULL,
    tz    integer NOT NULL,
    dst   text NOT NULL,
    tzone text
);

CREATE TABLE public.planes (
    tailnum      text PRIMARY KEY,
    year         integer,
    type         text NOT NULL,
    manufacturer text NOT NULL,
    model        text NOT NULL,
    engines      integer NOT NULL,
    seats        integer NOT NULL,
    speed        integer,
    engine       text NOT NULL
);

-- numeric, so that round(avg(temp), 1) works; the scale takes the binary noise off the converted wind speeds.
CREATE TABLE public.weather (
    origin     text NOT NULL,
    year       integer NOT NULL,
    month      integer NOT NULL,
    day        integer NOT NULL,
    hour       integer NOT NULL,
    temp       numeric,
    dewp       numeric,
    humid      numeric,
    wind_dir   integer,
    wind_speed numeric(9, 5),
    wind_gust  numeric(9, 5),
    precip     numeric NOT NULL,
    pressure   numeric,
    visib      numeric NOT NULL,
    time_hour  timestamptz NOT NULL
);

CREATE TABLE public.flights (
    year           integer NOT NULL,
    month          integer NOT NULL,
    day            integer NOT NULL,
    dep_time       integer,
    sched_dep_time integer NOT NULL,
    dep_delay      integer,
    arr_time       integer,
    sched_arr_time integer NOT NULL,
    arr_delay      integer,
    carrier        text NOT NULL,
    flight         integer NOT NULL,
    tailnum        text,
    origin         text NOT NULL,
    dest           text NOT NULL,
    air_time       integer,
    distance       integer NOT NULL,
    hour           integer NOT NULL,
    minute         integer NOT NULL,
    time_hour      timestamptz NOT NULL
);
