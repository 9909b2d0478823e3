COMMENT ON TABLE public.airlines IS
    'Airlines: one row for each of the 16 carriers that flew from New York City in 2013.';
COMMENT ON COLUMN public.airlines.carrier IS
    'Two-character airline code, such as UA, DL, B6. Joins flights.carrier.';
COMMENT ON COLUMN public.airlines.name IS
    'Full name of the airline, such as United Air Lines Inc.; match part of it with ILIKE.';

COMMENT ON TABLE public.airports IS
    'Airports in the United States: one row each, with place and time zone.';
COMMENT ON COLUMN public.airports.faa IS
    'Three-character FAA airport code, such as JFK. Joins flights.origin, flights.dest and weather.origin.';
COMMENT ON COLUMN public.airports.name IS
    'Name of the airport, such as John F Kennedy Intl. It often holds the city, but there is no city column.';
COMMENT ON COLUMN public.airports.lat IS
    'Latitude in degrees, north positive.';
COMMENT ON COLUMN public.airports.lon IS
    'Longitude in degrees, east positive (so mostly negative here).';
COMMENT ON COLUMN public.airports.alt IS
    'Altitude above sea level in feet.';
COMMENT ON COLUMN public.airports.tz IS
    'Offset of standard time from UTC in hours, such as -5 for New York.';
COMMENT ON COLUMN public.airports.dst IS
    'Daylight saving time: A = as in the United States, N = none, U = unknown.';
COMMENT ON COLUMN public.airports.tzone IS
    'IANA time zone, such as America/New_York; null for three airports.';

COMMENT ON TABLE public.planes IS
    'Planes: one row for each tail number found in the FAA registry. About one flight in six has no plane here.';
COMMENT ON COLUMN public.planes.tailnum IS
    'Tail number (registration) of the plane, such as N14228. Joins flights.tailnum.';
COMMENT ON COLUMN public.planes.year IS
    'Year the plane was manufactured (not the year of a flight); null when unknown.';
COMMENT ON COLUMN public.planes.type IS
    'Type of plane: Fixed wing multi engine, Fixed wing single engine, or Rotorcraft.';
COMMENT ON COLUMN public.planes.manufacturer IS
    'Manufacturer in capitals. One maker may have several spellings: AIRBUS and AIRBUS INDUSTRIE; MCDONNELL DOUGLAS, MCDONNELL DOUGLAS AIRCRAFT CO and MCDONNELL DOUGLAS CORPORATION.';
COMMENT ON COLUMN public.planes.model IS
    'Model of the plane as its manufacturer calls it, such as EMB-145XR.';
COMMENT ON COLUMN public.planes.engines IS
    'Number of engines, 1 to 4.';
COMMENT ON COLUMN public.planes.seats IS
    'Number of seats.';
COMMENT ON COLUMN public.planes.speed IS
    'Average cruising speed in miles per hour; null for almost all planes (known for 23).';
COMMENT ON COLUMN public.planes.engine IS
    'Type of engine: Turbo-fan, Turbo-jet, Turbo-prop, Turbo-shaft, Reciprocating, or 4 Cycle.';

COMMENT ON TABLE public.weather IS
    'Hourly weather at the three New York City airports in 2013: one row an airport and hour. Joins flights on origin and time_hour; some hours are missing.';
COMMENT ON COLUMN public.weather.origin IS
    'Weather station, by airport code: EWR (Newark), JFK, or LGA (LaGuardia). Joins flights.origin.';
COMMENT ON COLUMN public.weather.year IS
    'Year of the record in New York local time; always 2013.';
COMMENT ON COLUMN public.weather.month IS
    'Month of the record in New York local time, 1 to 12.';
COMMENT ON COLUMN public.weather.day IS
    'Day of the month in New York local time, 1 to 31.';
COMMENT ON COLUMN public.weather.hour IS
    'Hour of the day in New York local time, 0 to 23.';
COMMENT ON COLUMN public.weather.temp IS
    'Temperature in degrees Fahrenheit.';
COMMENT ON COLUMN public.weather.dewp IS
    'Dew point in degrees Fahrenheit.';
COMMENT ON COLUMN public.weather.humid IS
    'Relative humidity in percent.';
COMMENT ON COLUMN public.weather.wind_dir IS
    'Direction the wind blows from, in degrees, 0 to 360; null when unknown.';
COMMENT ON COLUMN public.weather.wind_speed IS
    'Wind speed in miles per hour. One record (1048.36) is plainly wrong.';
COMMENT ON COLUMN public.weather.wind_gust IS
    'Speed of gusts in miles per hour; null when there were none or they were not recorded.';
COMMENT ON COLUMN public.weather.precip IS
    'Precipitation in this hour in inches; 0 when dry, above 0 when it rained or snowed.';
COMMENT ON COLUMN public.weather.pressure IS
    'Air pressure at sea level in millibars; null when unknown.';
COMMENT ON COLUMN public.weather.visib IS
    'Visibility in miles, at most 10.';
COMMENT ON COLUMN public.weather.time_hour IS
    'The hour of the record as an instant. Joins flights.time_hour together with origin.';

COMMENT ON TABLE public.flights IS
    'Flights that were scheduled to leave New York City (EWR, JFK, LGA) in 2013: one row a flight, cancelled ones included. A flight was cancelled when dep_time is null.';
COMMENT ON COLUMN public.flights.year IS
    'Year of scheduled departure in New York local time; always 2013.';
COMMENT ON COLUMN public.flights.month IS
    'Month of scheduled departure in New York local time, 1 to 12.';
COMMENT ON COLUMN public.flights.day IS
    'Day of the month of scheduled departure in New York local time, 1 to 31.';
COMMENT ON COLUMN public.flights.dep_time IS
    'Actual departure, New York clock time as the number HMM or HHMM: 517 = 05:17, 2400 = midnight. Null when the flight was cancelled. Not a count of minutes.';
COMMENT ON COLUMN public.flights.sched_dep_time IS
    'Scheduled departure, New York clock time as the number HMM or HHMM: 515 = 05:15. Not a count of minutes.';
COMMENT ON COLUMN public.flights.dep_delay IS
    'Departure delay in minutes: larger is worse, negative when early. Null when the flight was cancelled.';
COMMENT ON COLUMN public.flights.arr_time IS
    'Actual arrival, local clock time at the destination as the number HMM or HHMM: 830 = 08:30, 2400 = midnight. Null when cancelled or not recorded.';
COMMENT ON COLUMN public.flights.sched_arr_time IS
    'Scheduled arrival, local clock time at the destination as the number HMM or HHMM: 819 = 08:19.';
COMMENT ON COLUMN public.flights.arr_delay IS
    'Arrival delay in minutes: larger is worse, negative when early; "delay" without more means this one. Null when cancelled or diverted.';
COMMENT ON COLUMN public.flights.carrier IS
    'Two-character airline code. Joins airlines.carrier for the name.';
COMMENT ON COLUMN public.flights.flight IS
    'Flight number of the airline; a label, not a count.';
COMMENT ON COLUMN public.flights.tailnum IS
    'Tail number of the plane. Joins planes.tailnum, but 15.6 percent of flights have no row there (LEFT JOIN keeps them); null when unknown.';
COMMENT ON COLUMN public.flights.origin IS
    'Airport of departure: EWR (Newark), JFK (John F Kennedy), or LGA (LaGuardia). Joins airports.faa.';
COMMENT ON COLUMN public.flights.dest IS
    'Airport of destination, FAA code such as LAX. Joins airports.faa, except BQN, SJU, STT and PSE (Puerto Rico and Virgin Islands), which have no row there (LEFT JOIN keeps them).';
COMMENT ON COLUMN public.flights.air_time IS
    'Time in the air in minutes. Null when cancelled or diverted.';
COMMENT ON COLUMN public.flights.distance IS
    'Distance between the two airports in miles.';
COMMENT ON COLUMN public.flights.hour IS
    'Hour of scheduled departure in New York local time, 0 to 23.';
COMMENT ON COLUMN public.flights.minute IS
    'Minute of scheduled departure, 0 to 59.';
COMMENT ON COLUMN public.flights.time_hour IS
    'Scheduled departure cut to the hour, as an instant; for the local date or hour use month, day and hour. Joins weather.time_hour together with origin.';
