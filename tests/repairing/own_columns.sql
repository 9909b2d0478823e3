# IN and EXISTS with a query whose column is not its own, or is the key of another thing; conditions of a column with
# itself; dates in quotes. As in joins.sql.

-- firm
SELECT full_name FROM person WHERE person_id IN (SELECT employee_id FROM employee WHERE salary > 5)
-- becomes
SELECT full_name FROM person WHERE EXISTS(SELECT 1 FROM employee WHERE (salary > 5) AND employee.person_id = person.person_id)
-- note: person and employee were matched by their key.

-- firm athena
SELECT full_name FROM person WHERE NOT person_id IN (SELECT employee_id FROM employee)
-- becomes
SELECT full_name FROM person WHERE NOT EXISTS(SELECT 1 FROM employee WHERE employee.person_id = person.person_id)
-- note: person and employee were matched by their key.

-- firm
SELECT full_name FROM person WHERE full_name IN (SELECT full_name FROM employee)
-- becomes
SELECT full_name FROM person WHERE EXISTS(SELECT 1 FROM employee WHERE employee.person_id = person.person_id)
-- note: employee has no column full_name; it was matched by its key.

-- firm
SELECT salary FROM employee WHERE employee_id IN (SELECT employee_id FROM trip)
-- becomes
SELECT salary FROM employee WHERE employee_id IN (SELECT trip.driver_id FROM trip)
-- note: trip has no column employee_id; trip.driver_id was meant.

-- firm
SELECT e.salary FROM employee AS e WHERE NOT EXISTS(SELECT 1 FROM trip AS t WHERE e.employee_id = employee_id)
-- becomes
SELECT e.salary FROM employee AS e WHERE NOT EXISTS(SELECT 1 FROM trip AS t WHERE t.driver_id = e.employee_id)
-- note: trip has no column employee_id; t.driver_id was meant.

-- firm
SELECT p.full_name FROM person p LEFT JOIN employee e ON p.person_id = e.employee_id
-- becomes
SELECT p.full_name FROM person AS p LEFT JOIN employee AS e ON e.person_id = p.person_id
-- note: person and employee were joined by their key: e.person_id = p.person_id.

-- library
SELECT a.name FROM author a JOIN organization o ON o.oid = o.oid
-- becomes
SELECT a.name FROM author AS a JOIN organization AS o ON a.oid = o.oid
-- note: author and organization were joined by their key: a.oid = o.oid.

-- firm
SELECT EXTRACT(DATE FROM left_at), COUNT(*) FROM trip GROUP BY 1
-- becomes
SELECT CAST(left_at AS DATE), COUNT(*) FROM trip GROUP BY 1
-- note: EXTRACT(DATE FROM left_at) was read as the date of left_at.

-- firm
SELECT COUNT(*) FROM trip WHERE DATE_TRUNC('month', left_at) = DATE_TRUNC('month', '2013-02-03')
-- becomes
SELECT COUNT(*) FROM trip WHERE DATE_TRUNC('month', left_at) = DATE_TRUNC('month', CAST('2013-02-03' AS TIMESTAMP))
-- note: '2013-02-03' was read as a date.
