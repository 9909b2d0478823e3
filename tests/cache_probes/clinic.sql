-- A clinic in the years 2022 and 2023: every row follows from its number, so each load holds the very same data.

-- A number from 0 to n - 1 that looks drawn by lot and follows from the row's number and the use it is put to.
CREATE FUNCTION public.lot(i integer, salt integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT ((i::bigint * 7919 + salt * 104729) % 1000003 * ((i::bigint * 31 + salt * 613) % 999983)
        % 998244353 / 7 % n)::integer
$$;

CREATE TABLE public.departments (
    department_id integer PRIMARY KEY,
    name          text NOT NULL,
    floor         integer NOT NULL,
    annual_budget numeric NOT NULL
);

CREATE TABLE public.wards (
    ward_id       integer PRIMARY KEY,
    name          text NOT NULL,
    department_id integer NOT NULL REFERENCES public.departments (department_id),
    beds          integer NOT NULL,
    occupied_beds integer NOT NULL
);

CREATE TABLE public.doctors (
    doctor_id     integer PRIMARY KEY,
    full_name     text NOT NULL,
    department_id integer NOT NULL REFERENCES public.departments (department_id),
    hired_on      date NOT NULL,
    salary        numeric NOT NULL
);

CREATE TABLE public.patients (
    patient_id    integer PRIMARY KEY,
    full_name     text NOT NULL,
    gender        text NOT NULL,
    birth_date    date NOT NULL,
    city          text NOT NULL,
    insurance     text NOT NULL,
    registered_on date NOT NULL
);

CREATE TABLE public.appointments (
    appointment_id   integer PRIMARY KEY,
    patient_id       integer NOT NULL REFERENCES public.patients (patient_id),
    doctor_id        integer NOT NULL REFERENCES public.doctors (doctor_id),
    scheduled_at     timestamp NOT NULL,
    status           text NOT NULL,
    visit_type       text NOT NULL,
    wait_minutes     integer,
    duration_minutes integer
);

CREATE TABLE public.diagnoses (
    diagnosis_id integer PRIMARY KEY,
    patient_id   integer NOT NULL REFERENCES public.patients (patient_id),
    doctor_id    integer NOT NULL REFERENCES public.doctors (doctor_id),
    condition    text NOT NULL,
    severity     text NOT NULL,
    diagnosed_on date NOT NULL
);

CREATE TABLE public.prescriptions (
    prescription_id integer PRIMARY KEY,
    patient_id      integer NOT NULL REFERENCES public.patients (patient_id),
    doctor_id       integer NOT NULL REFERENCES public.doctors (doctor_id),
    drug            text NOT NULL,
    dose_mg         integer NOT NULL,
    quantity        integer NOT NULL,
    prescribed_on   date NOT NULL
);

CREATE TABLE public.invoices (
    invoice_id     integer PRIMARY KEY,
    appointment_id integer NOT NULL REFERENCES public.appointments (appointment_id),
    patient_id     integer NOT NULL REFERENCES public.patients (patient_id),
    issued_on      date NOT NULL,
    amount         numeric NOT NULL,
    status         text NOT NULL,
    payment_method text,
    paid_on        date
);

INSERT INTO public.departments VALUES
    (1, 'Cardiology', 2, 4200000),
    (2, 'Neurology', 3, 3650000),
    (3, 'Orthopedics', 1, 3100000),
    (4, 'Pediatrics', 4, 2450000),
    (5, 'Oncology', 5, 5150000),
    (6, 'Dermatology', 1, 1300000),
    (7, 'Radiology', 0, 2900000),
    (8, 'General Medicine', 1, 3900000);

INSERT INTO public.wards VALUES
    (1, 'Maple', 1, 24, 19),
    (2, 'Oak', 1, 18, 18),
    (3, 'Birch', 2, 20, 13),
    (4, 'Cedar', 2, 16, 11),
    (5, 'Elm', 3, 40, 33),
    (6, 'Willow', 3, 14, 5),
    (7, 'Rowan', 4, 22, 10),
    (8, 'Hazel', 4, 12, 9),
    (9, 'Linden', 5, 28, 27),
    (10, 'Aspen', 5, 30, 19),
    (11, 'Alder', 6, 8, 2),
    (12, 'Poplar', 8, 36, 22);

INSERT INTO public.doctors
SELECT
    i,
    (ARRAY['Anna', 'Bruno', 'Clara', 'David', 'Elena', 'Felix', 'Greta', 'Hugo', 'Irene', 'Jonas'])[1 + (i - 1) % 10]
        || ' ' || (ARRAY['Abbott', 'Becker', 'Costa', 'Dumont', 'Eriksen', 'Fischer'])[1 + (i - 1) / 10],
    CASE WHEN i <= 8 THEN i ELSE 1 + lot(i, 1, 8) END,
    DATE '2005-02-01' + lot(i, 2, 6500),
    90000 + lot(i, 3, 131) * 1000
FROM generate_series(1, 60) AS i;

INSERT INTO public.patients
SELECT
    i,
    (ARRAY['Mia', 'Noah', 'Lea', 'Paul', 'Sofia', 'Liam', 'Ida', 'Emil', 'Nora', 'Oscar', 'Ella', 'Tom', 'Ruth', 'Max',
           'Julia', 'Ben', 'Eva', 'Leo', 'Marta', 'Finn'])[1 + (i - 1) % 20] || ' '
        || (ARRAY['Adler', 'Brandt', 'Carter', 'Dahl', 'Evans', 'Foster', 'Grant', 'Hansen', 'Ivers', 'Jensen',
                  'Keller', 'Lange', 'Moreau', 'Novak', 'Olsen', 'Petrov', 'Quinn', 'Rossi', 'Silva',
                  'Turner'])[1 + (i - 1) / 20 % 20]
        || CASE WHEN i > 400 THEN (ARRAY[' Jr.', ' Sr.'])[1 + i % 2] ELSE '' END,
    CASE WHEN i % 2 = 1 THEN 'female' ELSE 'male' END,
    DATE '1935-03-01' + lot(i, 4, 30000),
    (ARRAY['Brighton', 'Brighton', 'Brighton', 'Leeds', 'Leeds', 'Bristol', 'York', 'Oxford', 'Oxford', 'Cardiff'])
        [1 + lot(i, 5, 10)],
    (ARRAY['public', 'public', 'public', 'public', 'private', 'private', 'none'])[1 + lot(i, 6, 7)],
    DATE '2022-01-01' + lot(i, 7, 730)
FROM generate_series(1, 800) AS i;

-- Patients from 701 on never came; more appointments are of the second year. David Abbott gets one of David Becker's:
-- they would have equally many otherwise.
INSERT INTO public.appointments
SELECT
    i,
    1 + CASE WHEN i % 3 = 0 THEN lot(i, 8, 300) ELSE lot(i, 9, 700) END,
    1 + CASE WHEN i % 5 = 0 THEN lot(i, 10, 20) ELSE lot(i, 11, 60) END,
    DATE '2022-01-01' + CASE WHEN i % 8 = 0 THEN 365 + lot(i, 12, 365) ELSE lot(i, 13, 730) END
        + make_interval(hours => 8 + lot(i, 14, 9), mins => 15 * lot(i, 15, 4)),
    status,
    (ARRAY['in person', 'in person', 'in person', 'video', 'phone'])[1 + lot(i, 16, 5)],
    CASE WHEN status = 'completed' THEN 3 + lot(i, 17, 50) END,
    CASE WHEN status = 'completed' THEN 10 + lot(i, 18, 60) END
FROM generate_series(1, 3000) AS i, LATERAL (
    SELECT (ARRAY['completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed',
                  'cancelled', 'cancelled', 'no-show'])[1 + lot(i, 19, 10)] AS status
) AS statuses;
UPDATE public.appointments
SET doctor_id = (SELECT doctor_id FROM public.doctors WHERE full_name = 'David Abbott')
WHERE appointment_id = (
    SELECT min(appointment_id) FROM public.appointments JOIN public.doctors USING (doctor_id)
    WHERE full_name = 'David Becker'
);

INSERT INTO public.diagnoses
SELECT
    i,
    1 + lot(i, 20, 750),
    1 + lot(i, 21, 60),
    (ARRAY['hypertension', 'hypertension', 'hypertension', 'diabetes', 'diabetes', 'asthma', 'asthma', 'migraine',
           'arthritis', 'eczema', 'anemia'])[1 + lot(i, 22, 11)],
    (ARRAY['mild', 'mild', 'mild', 'moderate', 'moderate', 'severe'])[1 + lot(i, 23, 6)],
    DATE '2022-01-01' + lot(i, 24, 730)
FROM generate_series(1, 1800) AS i;

-- Some of what was prescribed of aspirin in the second year is of the first.
INSERT INTO public.prescriptions
SELECT
    i,
    1 + lot(i, 25, 760),
    1 + lot(i, 26, 60),
    drug,
    (ARRAY[5, 10, 20, 50, 100, 200, 400])[1 + lot(i, 27, 7)],
    CASE drug WHEN 'metformin' THEN 60 WHEN 'aspirin' THEN 45 ELSE 10 END + 5 * lot(i, 28, 8),
    DATE '2022-01-01' + lot(i, 29, 730)
        - CASE WHEN drug = 'aspirin' AND i % 3 = 0 AND lot(i, 29, 730) >= 365 THEN 365 ELSE 0 END
FROM generate_series(1, 2600) AS i, LATERAL (
    SELECT (ARRAY['ibuprofen', 'ibuprofen', 'ibuprofen', 'ibuprofen', 'metformin', 'metformin', 'amoxicillin',
                  'amoxicillin', 'lisinopril', 'lisinopril', 'aspirin', 'salbutamol'])[1 + lot(i, 30, 12)] AS drug
) AS drugs;

INSERT INTO public.invoices
SELECT
    appointment_id,
    appointment_id,
    patient_id,
    issued,
    40 + lot(appointment_id, 31, 360) + lot(appointment_id, 32, 100) / 100.0,
    state,
    CASE WHEN state = 'paid' THEN
        (ARRAY['card', 'card', 'card', 'bank transfer', 'bank transfer', 'cash'])[1 + lot(appointment_id, 33, 6)] END,
    CASE WHEN state = 'paid' THEN issued + 2 + lot(appointment_id, 34, 80) END
FROM public.appointments, LATERAL (
    SELECT
        scheduled_at::date AS issued,
        (ARRAY['paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'open', 'overdue'])
            [1 + lot(appointment_id, 35, 8)] AS state
) AS bills
WHERE status = 'completed';

DROP FUNCTION public.lot(integer, integer, integer);
