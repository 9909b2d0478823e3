-- Rows of each table that has any; a role other than a superuser needs a grant on the view.
SELECT "schema", "table", tbl_rows
FROM svv_table_info
