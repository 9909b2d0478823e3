-- Whether this role could change anything: by what it is, by a grant on a table, or by creating something.
SELECT COALESCE((SELECT bool_or(u.usesuper) FROM pg_user AS u WHERE u.usename = current_user), false)
    OR has_database_privilege(current_database(), 'CREATE')
    OR EXISTS (
        SELECT 1
        FROM pg_namespace AS n
        WHERE n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
          AND has_schema_privilege(n.oid, 'CREATE')
    )
    OR EXISTS (
        SELECT 1
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm')
          AND n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
          AND has_schema_privilege(n.oid, 'USAGE')
          AND (
              has_table_privilege(c.oid, 'INSERT')
              OR has_table_privilege(c.oid, 'UPDATE')
              OR has_table_privilege(c.oid, 'DELETE')
          )
    ) AS may
