-- After the rows, so that each index is built once.
-- No key from flights.dest to airports, flights.tailnum to planes, or flights to weather: the data lacks
-- four airports, 721 tail numbers and some hours. The comments say how they join.

-- By local date and hour it would not be unique: clocks go back on 3 November.
ALTER TABLE public.weather ADD PRIMARY KEY (origin, time_hour);
ALTER TABLE public.weather ADD FOREIGN KEY (origin) REFERENCES public.airports (faa);

ALTER TABLE public.flights ADD PRIMARY KEY (time_hour, carrier, flight);
ALTER TABLE public.flights ADD FOREIGN KEY (carrier) REFERENCES public.airlines (carrier);
ALTER TABLE public.flights ADD FOREIGN KEY (origin) REFERENCES public.airports (faa);

CREATE INDEX flights_origin_time_hour ON public.flights (origin, time_hour);
CREATE INDEX flights_carrier ON public.flights (carrier);
CREATE INDEX flights_dest ON public.flights (dest);
CREATE INDEX flights_tailnum ON public.flights (tailnum);
CREATE INDEX flights_month_day ON public.flights (month, day);
