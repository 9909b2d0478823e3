"""What is asked: questions on the sample, with the SQL that a scripted model answers them with."""

from __future__ import annotations

from textwrap import dedent

_COUNTS = {
    "How many flights left JFK in June?": "SELECT count(*) AS flights FROM flights WHERE origin = 'JFK' AND month = 6",
    "How many airports are above 5000 feet?": "SELECT count(*) AS airports FROM airports WHERE alt > 5000",
    "How many different planes flew to Seattle?": (
        "SELECT count(DISTINCT tailnum) AS planes FROM flights WHERE dest = 'SEA'"
    ),
    "What was the longest departure delay in hours?": (
        "SELECT round(max(dep_delay) / 60.0, 1) AS hours FROM flights"
    ),
    "Which plane has the most seats?": (
        "SELECT tailnum, manufacturer, model, seats FROM planes ORDER BY seats DESC, tailnum LIMIT 1"
    ),
    "Were there flights longer than 6000 miles?": (
        "SELECT origin, dest, distance FROM flights WHERE distance > 6000 LIMIT 20"
    ),
}

_GROUPS = {
    "How many flights did each airline operate?": """
        SELECT a.name AS airline, count(*) AS flights FROM flights f JOIN airlines a ON a.carrier = f.carrier
        GROUP BY a.name ORDER BY flights DESC""",
    "How many flights left on each day of January?": """
        SELECT make_date(year, month, day) AS day, count(*) AS flights FROM flights WHERE month = 1
        GROUP BY year, month, day ORDER BY day""",
    "What is the average temperature by month and airport?": """
        SELECT origin, month, round(avg(temp)::numeric, 1) AS temperature FROM weather
        GROUP BY origin, month ORDER BY origin, month""",
    "Which ten routes have the worst arrival delay?": """
        SELECT origin, dest, round(avg(arr_delay), 1) AS delay, count(*) AS flights FROM flights
        GROUP BY origin, dest HAVING count(*) >= 100 ORDER BY delay DESC NULLS LAST LIMIT 10""",
    "What share of flights of each airline was cancelled?": """
        SELECT a.name AS airline, round(100.0 * count(*) FILTER (WHERE f.dep_time IS NULL) / count(*), 2) AS share
        FROM flights f JOIN airlines a USING (carrier) GROUP BY a.name ORDER BY share DESC""",
    "How many planes of each manufacturer flew to Los Angeles?": """
        SELECT p.manufacturer, count(DISTINCT p.tailnum) AS planes
        FROM flights f JOIN planes p ON p.tailnum = f.tailnum WHERE f.dest = 'LAX'
        GROUP BY p.manufacturer ORDER BY planes DESC""",
}

_HARDER = {
    "Which month of each airport had the most flights?": """
        WITH months AS (SELECT origin, month, count(*) AS flights FROM flights GROUP BY origin, month),
        ranked AS (SELECT origin, month, flights, rank() OVER (PARTITION BY origin ORDER BY flights DESC) AS place
                   FROM months)
        SELECT origin, month, flights FROM ranked WHERE place = 1 ORDER BY origin""",
    "How does the number of flights grow from month to month?": """
        SELECT month, count(*) AS flights, count(*) - lag(count(*)) OVER (ORDER BY month) AS change
        FROM flights GROUP BY month ORDER BY month""",
    "Are airlines with older planes later?": """
        SELECT a.name AS airline, round(avg(2013 - p.year), 1) AS age, round(avg(f.arr_delay), 1) AS delay
        FROM flights f JOIN planes p ON p.tailnum = f.tailnum JOIN airlines a ON a.carrier = f.carrier
        WHERE p.year IS NOT NULL GROUP BY a.name ORDER BY age DESC""",
    "Does wind delay departures?": """
        SELECT width_bucket(w.wind_speed, 0, 40, 8) * 5 AS wind, round(avg(f.dep_delay), 1) AS delay,
            count(*) AS flights
        FROM flights f JOIN weather w ON w.origin = f.origin AND w.time_hour = f.time_hour
        WHERE w.wind_speed < 100 GROUP BY wind ORDER BY wind""",
    "Which airports were flown to by one airline only?": """
        SELECT f.dest, min(a.name) AS airline FROM flights f JOIN airlines a ON a.carrier = f.carrier
        GROUP BY f.dest HAVING count(DISTINCT f.carrier) = 1 ORDER BY f.dest""",
    "Which flights were later than the average of their airline by ten hours?": """
        WITH airline AS (SELECT carrier, avg(dep_delay) AS usual FROM flights GROUP BY carrier)
        SELECT f.carrier, f.flight, f.dep_delay FROM flights f JOIN airline a ON a.carrier = f.carrier
        WHERE f.dep_delay > a.usual + 600 ORDER BY f.dep_delay DESC LIMIT 20""",
}

_ROWS = {
    "List all airports in the New York time zone": """
        SELECT faa, name, lat, lon FROM airports WHERE tzone = 'America/New_York' ORDER BY name""",
    "List flights to Honolulu": """
        SELECT time_hour, carrier, flight, tailnum, dep_delay, arr_delay, air_time FROM flights
        WHERE dest = 'HNL' ORDER BY time_hour""",
    "List all planes": "SELECT * FROM planes ORDER BY tailnum",
}

_REPAIRED = {
    "Which airline has the best punctuality?": (
        "SELECT airline_name, avg(delay) FROM flights GROUP BY airline_name",
        """
        SELECT a.name AS airline, round(avg(f.arr_delay), 1) AS delay FROM flights f
        JOIN airlines a ON a.carrier = f.carrier GROUP BY a.name ORDER BY delay LIMIT 1""",
    ),
    "How fast do planes fly on average to each airport?": (
        "SELECT dest, avg(distance / (air_time - air_time)) AS mph FROM flights GROUP BY dest",
        """
        SELECT dest, round(avg(distance * 60.0 / air_time), 1) AS mph FROM flights WHERE air_time > 0
        GROUP BY dest ORDER BY mph DESC""",
    ),
}

APPROVED = ("How many flights were there?", "How does the average departure delay change by month?")
"""Asked word by word as the sample's approved pairs have them, so that no model is asked."""

ON_THE_PAGE = tuple(_GROUPS)
"""Asked to have something running: by the scripted model and the local one alike."""

WITH_THE_MODEL = (
    "How many flights went to Boston?",
    "Which five airlines flew the most miles?",
    "What was the average air time from JFK to Los Angeles?",
    "How many flights were there in each month?",
    "Which destination has the highest average arrival delay?",
    "How many planes did Boeing build?",
    "What is the highest temperature at each airport?",
    "How many flights of United Air Lines left in December?",
    "Which ten planes flew most often?",
    "How many airports are in each time zone?",
)
"""For the local model; none of them is an approved pair."""


def scripted_replies() -> dict[str, tuple[str, ...]]:
    """What a scripted model answers to each question; a second reply is the repair of the first."""
    singles = {**_COUNTS, **_GROUPS, **_HARDER, **_ROWS}
    replies = {question: (sql,) for question, sql in singles.items()} | _REPAIRED
    return {q: tuple(f"```sql\n{dedent(sql).strip()}\n```" for sql in sqls) for q, sqls in replies.items()}
