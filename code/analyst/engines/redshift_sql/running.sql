-- The sessions that run something of this label now; everybody sees what is their own.
SELECT session_id
FROM sys_query_history
WHERE session_id = {pid}
  AND trim(query_label) = {label}
  AND status NOT IN ('success', 'failed', 'canceled')
