-- External tables with what their makers noted of them, where numRows may stand.
SELECT schemaname, tablename, parameters
FROM svv_external_tables
