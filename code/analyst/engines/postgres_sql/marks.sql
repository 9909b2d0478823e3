-- What changes with a table's rows, by its topmost parent; empty where the server does not count changes for us.
WITH RECURSIVE branches AS (
    SELECT c.oid AS root, c.oid AS branch
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p')
      AND NOT c.relispartition
      AND n.nspname <> 'information_schema'
      AND n.nspname NOT LIKE 'pg\_%'
    UNION ALL
    SELECT b.root, i.inhrelid
    FROM branches AS b
    JOIN pg_inherits AS i ON i.inhparent = b.branch
)
SELECT b.root::bigint,
       CASE
           -- A replica does not count what it is sent, and what a row policy shows may change without a change of rows.
           WHEN NOT pg_is_in_recovery()
                AND current_setting('track_counts') = 'on'
                AND NOT bool_or(c.relrowsecurity OR c.relkind = 'f')
           THEN string_agg(
               concat_ws(
                   ' ',
                   c.oid,
                   pg_relation_filenode(c.oid),
                   pg_stat_get_tuples_inserted(c.oid),
                   pg_stat_get_tuples_updated(c.oid),
                   pg_stat_get_tuples_deleted(c.oid)
               ),
               ',' ORDER BY c.oid
           )
           ELSE ''
       END
FROM branches AS b
JOIN pg_class AS c ON c.oid = b.branch
GROUP BY b.root
