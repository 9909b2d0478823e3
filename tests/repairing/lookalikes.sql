# Right drafts that look a little like wrong ones: joins of one thing by several names, and keys that mean the same.
# Each keeps its very text.

-- firm
SELECT p.part_id, a.label FROM part p JOIN asset a ON p.machine_id = a.asset_id

-- firm
SELECT label FROM asset WHERE asset_id IN (SELECT machine_id FROM part WHERE weight > 5)

-- firm
SELECT v.plate, d.colour FROM vehicle v JOIN vehicle_detail d ON v.vehicle_id = d.vehicle_id

-- firm
SELECT v.plate, d.colour FROM vehicle v JOIN vehicle_detail d USING (vehicle_id)

-- firm
SELECT plate FROM vehicle WHERE vehicle_id IN (SELECT vehicle_id FROM vehicle_detail WHERE colour = 'red')

-- firm
SELECT t.trip_id FROM trip t JOIN vehicle_detail d ON t.vehicle_id = d.vehicle_id

-- firm
SELECT full_name FROM person WHERE person_id IN (SELECT person_id FROM employee ORDER BY salary LIMIT 5)

-- firm
SELECT full_name FROM person WHERE person_id IN (SELECT employee_id FROM employee ORDER BY salary LIMIT 5)

-- firm
SELECT d.dept_name FROM dept d JOIN employee e ON e.employee_id = d.manager_id

-- firm
SELECT m.employee_id FROM employee e JOIN dept d ON e.dept_id = d.dept_id JOIN employee m ON m.employee_id = d.manager_id

-- firm
SELECT a.employee_id, b.employee_id FROM employee a JOIN employee b ON a.dept_id = b.dept_id AND a.employee_id < b.employee_id

-- firm
SELECT r.body FROM remark r JOIN employee e ON r.subject_id = e.employee_id

-- firm
SELECT r.body FROM remark r JOIN trip t ON r.subject_id = t.trip_id

-- firm
SELECT e.employee_id FROM employee e WHERE NOT EXISTS (SELECT 1 FROM trip t WHERE t.driver_id = e.employee_id)

-- firm
SELECT e.employee_id FROM employee e WHERE e.employee_id IN (SELECT t.driver_id FROM trip t)

-- firm
SELECT dept_name FROM dept WHERE dept_id IN (SELECT dept_id FROM employee GROUP BY dept_id HAVING COUNT(*) > 5)

-- firm
SELECT t.trip_id, e.salary FROM trip t, employee e WHERE t.driver_id = e.employee_id

-- firm
SELECT DATE_TRUNC('month', left_at), COUNT(*) FROM trip WHERE left_at >= '2013-01-01' GROUP BY 1

-- firm
SELECT AGE(left_at, CAST('2013-01-01' AS TIMESTAMP)) FROM trip

-- firm redshift
SELECT p.part_id, a.label FROM part p JOIN asset a ON p.machine_id = a.asset_id

-- firm athena
SELECT v.plate, d.colour FROM vehicle v JOIN vehicle_detail d ON v.vehicle_id = d.vehicle_id
