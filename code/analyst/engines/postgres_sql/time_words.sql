-- What the database's owner says of time words: ALTER DATABASE … SET analyst.time_follows = 'data'.
SELECT coalesce(current_setting('analyst.time_follows', true), ''),
       coalesce(current_setting('analyst.fiscal_start', true), '');
