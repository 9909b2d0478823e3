-- Whether this role could change anything: by what it is, by a grant on a table, or by creating something.
-- TEMP, which everybody has, is not counted; a standby cannot be written to by anybody.
SELECT NOT pg_is_in_recovery() AND (
    EXISTS (
        SELECT FROM pg_roles AS r
        WHERE (r.rolsuper OR r.rolname IN ('pg_write_server_files', 'pg_execute_server_program'))
          AND pg_has_role(r.oid, 'MEMBER')
    )
    OR has_database_privilege(current_database(), 'CREATE')
    OR EXISTS (
        SELECT FROM pg_namespace AS n
        WHERE n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg\_%'
          AND has_schema_privilege(n.oid, 'CREATE')
    )
    OR EXISTS (
        SELECT FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
          AND n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg\_%'
          AND has_schema_privilege(n.oid, 'USAGE')
          AND (
              has_table_privilege(c.oid, 'DELETE, TRUNCATE')
              OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')
          )
    )
)
