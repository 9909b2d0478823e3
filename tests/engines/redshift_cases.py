"""What both ways to Redshift are tested with: a database that looks like one, and SQL that both take."""

from __future__ import annotations

from collections.abc import Mapping

from redshift_stand_in import CATALOG

from analyst.result import Cell, Kind

SLOW = "SELECT count(*) FROM generate_series(1, 30000) a, generate_series(1, 30000) b WHERE a.a + b.b = -1"
NUMBERS = "SELECT n FROM generate_series(0, {count} - 1) AS t (n)"
LONG_DECIMAL = "12345678901234567890123456789012345678"

SETUP = (
    CATALOG
    + """
CREATE SCHEMA sales;
CREATE TABLE public.same (a integer);
INSERT INTO public.same VALUES (1);
CREATE TABLE sales.same (a integer);
INSERT INTO sales.same VALUES (2);
CREATE TABLE public."Größe ""x""; --" ("Überschrift %s" text, "select" integer, "empty" integer);
INSERT INTO public."Größe ""x""; --" VALUES ('ja', 1, NULL), ('nein', 2, NULL);
CREATE TABLE sales.customers (
    id bigint PRIMARY KEY, country varchar(2) NOT NULL, email varchar(100) UNIQUE, balance numeric(38, 2), note super
);
COMMENT ON TABLE sales.customers IS 'Everyone who ever bought';
COMMENT ON COLUMN sales.customers.country IS 'ISO code';
CREATE TABLE sales.orders (
    customer_id bigint REFERENCES sales.customers, number integer, placed date, PRIMARY KEY (customer_id, number)
);
CREATE MATERIALIZED VIEW sales.totals AS SELECT customer_id, count(*) AS n FROM sales.orders GROUP BY 1;
CREATE TABLE sales.mv_tbl__totals__0 (customer_id bigint);
CREATE VIEW sales.wealthy AS SELECT id FROM sales.customers WHERE balance > 100;
CREATE VIEW sales.late AS SELECT;
CREATE VIEW sales.late_and_broken AS SELECT;
CREATE SCHEMA spectrum;
CREATE SCHEMA closed;
CREATE TABLE closed.secrets (a integer);
CREATE TABLE sales.partly (seen integer, hidden integer);
CREATE TABLE sales.not_read (a integer);
INSERT INTO stand_in.late_binding VALUES
    ('sales', 'late', 'day', 'date', 1), ('sales', 'late', 'amount', 'numeric(18,2)', 2);
INSERT INTO stand_in.external_columns VALUES
    ('spectrum', 'clicks', 'at', 'timestamp', 1, 0, 'true'),
    ('spectrum', 'clicks', 'who', 'struct<id:bigint,name:varchar(20)>', 2, 0, ''),
    ('spectrum', 'clicks', 'day', 'varchar(10)', 3, 1, 'false'),
    ('spectrum', 'empty_notes', 'a', 'int', 1, 0, '');
INSERT INTO stand_in.external_tables VALUES
    ('spectrum', 'clicks', 's3://bucket/clicks/', '{"numRows":"170000","EXTERNAL":"TRUE"}'),
    ('spectrum', 'empty_notes', 's3://bucket/x/', 'no JSON');
INSERT INTO stand_in.table_info VALUES ('sales', 'customers', 12345), ('gone', 'table', 1);
INSERT INTO sales.orders SELECT NULL, 1, NULL WHERE false;
"""
)

FAILING: Mapping[str, str] = {
    "undefined column": "SELECT nope FROM public.same WHERE 'a' = '{secret}'",
    "undefined table": "SELECT * FROM canary_{secret}",
    "ambiguous column": "SELECT a FROM public.same x, sales.same y WHERE '{secret}' > ''",
    "column must appear in GROUP BY or be used in an aggregate": "SELECT a, count(*) FROM public.same",
    "aggregate not allowed here": "SELECT 1 FROM public.same WHERE count(*) > 1",
    "window function not allowed here": "SELECT 1 FROM public.same WHERE row_number() OVER () = 1",
    "operator does not exist for these types": "SELECT DATE '2020-01-01' + '{secret}'::text",
    "function does not exist for these types": "SELECT nope(1, '{secret}')",
    "undefined type or object": "SELECT 1::canary",
    "undefined schema": "SELECT canary.f(1)",
    "types do not match": "SELECT 1 UNION SELECT '{secret}'::text",
    "type cannot be cast": "SELECT DATE '2020-01-01'::integer",
    "table alias used twice": "SELECT 1 FROM public.same x, sales.same x",
    "ORDER BY expression must be in the select list": "SELECT DISTINCT a FROM same ORDER BY a + 1",
    "syntax error": "SELECT 1 FROM WHERE '{secret}'",
    "division by zero": "SELECT 1 / (a - 1) FROM public.same",
    "number out of range": "SELECT 2147483647 + a FROM public.same",
    "text cannot be read as that type": "SELECT (a || '{secret} disk full')::integer FROM public.same",
    "text cannot be read as a date or time": "SELECT (a || '{secret}')::date FROM public.same",
    "invalid regular expression": "SELECT 'a' ~ (a || '(') FROM public.same",
    "subquery used as a value returned more than one row": (
        "SELECT (SELECT a FROM public.same UNION ALL SELECT a FROM sales.same)"
    ),
    "not supported by the database": (
        "SELECT stand_in.fail('0A000', 'This type of correlated subquery pattern is not supported yet')"
    ),
    "permission denied": "SELECT stand_in.fail('42501', 'permission denied for relation {secret}')",
}

CELLS: Mapping[str, tuple[Kind, Cell]] = {
    "9223372036854775807": (Kind.INTEGER, 9223372036854775807),
    "(-1)::smallint": (Kind.INTEGER, -1),
    "0.1::float8": (Kind.NUMBER, 0.1),
    "1::float8 / 3": (Kind.NUMBER, 1 / 3),
    "2::float8": (Kind.NUMBER, 2.0),
    "'NaN'::float8": (Kind.NUMBER, "NaN"),
    "'Infinity'::float8": (Kind.NUMBER, "Infinity"),
    "12.50": (Kind.DECIMAL, "12.50"),
    f"{LONG_DECIMAL}::numeric(38, 0)": (Kind.DECIMAL, LONG_DECIMAL),
    f"-0.{LONG_DECIMAL}": (Kind.DECIMAL, f"-0.{LONG_DECIMAL}"),
    "'ünï ☃ 😀'::text": (Kind.TEXT, "ünï ☃ 😀"),
    "''": (Kind.TEXT, ""),
    "'ab'::char(4)": (Kind.TEXT, "ab  "),
    "true": (Kind.BOOLEAN, True),
    "1 = 2": (Kind.BOOLEAN, False),
    "'2013-01-31'::date": (Kind.DATE, "2013-01-31"),
    "'17:45:00'::time": (Kind.TIME, "17:45:00"),
    "'17:45:00.5+05:30'::timetz": (Kind.TIME, "17:45:00.5+05:30"),
    "'2013-01-31 17:45'::timestamp": (Kind.TIMESTAMP, "2013-01-31T17:45:00"),
    "'1850-01-31 17:45:00.123456'::timestamp": (Kind.TIMESTAMP, "1850-01-31T17:45:00.123456"),
    "'2013-01-31 17:45-05'::timestamptz": (Kind.INSTANT, "2013-01-31T22:45:00+00:00"),
    "'1 year -2 days 02:00'::interval": (Kind.INTERVAL, "1 year -2 days +02:00:00"),
    """'{"a": [1, 2.5, null], "b": "\\u00fc"}'::super""": (Kind.JSON, {"a": [1, 2.5, None], "b": "ü"}),
    "NULL::super": (Kind.JSON, None),
    "NULL": (Kind.TEXT, None),
}

STOPPED: tuple[tuple[str, str, str, str, str], ...] = (
    # SQLSTATE, message, detail, class of error, a part of the sentence
    (
        "57014",
        'Query (12) cancelled by WLM abort action of Query Monitoring Rule "canary_rule"',
        "",
        "DatabaseError",
        "rule of the database",
    ),
    ("57014", "Query (12) cancelled on WLM timeout", "", "QueryTimeout", "queue"),
    (
        "XX000",
        "1023",
        "error: Serializable isolation violation on table - 1, transactions forming the cycle are: 2\n"
        "code: 1023\ncontext: canary",
        "DatabaseUnavailable",
        "busy",
    ),
    ("XX000", "Disk Full", "error: Disk Full\ncode: 1016\ncontext: canary", "DatabaseError", "disk space"),
    ("53200", "Out Of Memory:", "context: canary", "DatabaseError", "memory"),
    (
        "XX000",
        "S3 Query Exception (Fetch)",
        "code: 15001\ncontext: Task failed due to an internal error. canary",
        "DatabaseUnavailable",
        "external table",
    ),
    (
        "XX000",
        "Spectrum Scan Error. Access Denied",
        "code: 15001\ncontext: canary",
        "DatabaseError",
        "may not read",
    ),
    (
        "XX000",
        "Relation dropped by concurrent transaction",
        "canary",
        "DatabaseUnavailable",
        "changed by other work",
    ),
    ("XX000", "Assert", "error: Assert\ncode: 1000\ncontext: canary", "DatabaseError", "fault of its own"),
    ("XX000", "Result set exceeds the maximum size for a cursor", "", "DatabaseError", "larger than"),
    ("25006", "cannot execute INSERT in a read-only transaction", "", "QueryFailed", "not read-only"),
    (
        "XX000",
        "Invalid digit, Value 'c', Pos 0, Type: Integer",
        "code: 1207",
        "QueryFailed",
        "cannot be read",
    ),
    ("XX000", "Numeric data overflow (addition)", "code: 1058", "QueryFailed", "out of range"),
)
