-- Stop a query, but only where pid and name are both ours: a pid alone may belong to somebody else by now.
SELECT pg_cancel_backend(a.pid)
FROM pg_stat_activity AS a
WHERE a.pid = {pid}
  AND a.application_name = {application}
