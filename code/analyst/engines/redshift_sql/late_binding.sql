-- Columns of views WITH NO SCHEMA BINDING, which Redshift works out only now.
SELECT v.schema_name, v.view_name, v.number, v.name, v.type
FROM pg_get_late_binding_view_cols()
    AS v (schema_name name, view_name name, name name, type varchar, number integer)
ORDER BY v.schema_name, v.view_name, v.number
