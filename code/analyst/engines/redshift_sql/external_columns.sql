-- Columns of external (Spectrum, federated) tables that the role may see; partition keys are columns like others.
SELECT schemaname, tablename, columnnum, columnname, external_type, is_nullable
FROM svv_external_columns
ORDER BY schemaname, tablename, columnnum
