-- A public library with five branches: every row follows from its number, so each load holds the very same data.

CREATE TABLE public.branches (
    id            integer PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    city          text NOT NULL,
    opened_on     date NOT NULL,
    square_meters integer NOT NULL
);

CREATE TABLE public.books (
    id             integer PRIMARY KEY,
    title          text NOT NULL UNIQUE,
    author         text NOT NULL,
    genre          text NOT NULL,
    language       text NOT NULL,
    published_year integer NOT NULL,
    pages          integer NOT NULL
);

CREATE TABLE public.copies (
    id          integer PRIMARY KEY,
    book_id     integer NOT NULL REFERENCES public.books (id),
    branch_id   integer NOT NULL REFERENCES public.branches (id),
    condition   text NOT NULL,
    acquired_on date NOT NULL,
    price       numeric(8, 2) NOT NULL
);

CREATE TABLE public.members (
    id             integer PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    membership     text NOT NULL,
    city           text NOT NULL,
    home_branch_id integer NOT NULL REFERENCES public.branches (id),
    joined_on      date NOT NULL
);

CREATE TABLE public.loans (
    id          integer PRIMARY KEY,
    copy_id     integer NOT NULL REFERENCES public.copies (id),
    member_id   integer NOT NULL REFERENCES public.members (id),
    borrowed_on date NOT NULL,
    due_on      date NOT NULL,
    returned_on date,
    renewals    integer NOT NULL
);

CREATE TABLE public.fines (
    id        integer PRIMARY KEY,
    loan_id   integer NOT NULL REFERENCES public.loans (id),
    reason    text NOT NULL,
    status    text NOT NULL,
    amount    numeric(8, 2) NOT NULL,
    issued_on date NOT NULL,
    paid_on   date
);

INSERT INTO public.branches VALUES
    (1, 'Central Library', 'Riverton', '1974-05-02', 4200),
    (2, 'Harbour Branch', 'Riverton', '1998-09-14', 900),
    (3, 'Hillside Branch', 'Oakford', '2006-03-01', 1250),
    (4, 'Station Branch', 'Oakford', '2015-11-20', 480),
    (5, 'Meadow Branch', 'Lindale', '2019-06-08', 640);

INSERT INTO public.books
SELECT
    n,
    'The ' || (ARRAY['Silent', 'Crooked', 'Golden', 'Last', 'Hidden', 'Burning'])[1 + n % 6] || ' '
        || (ARRAY['Garden', 'River', 'Letter', 'Mountain', 'Clock', 'Orchard', 'Lighthouse', 'Bridge', 'Winter',
                  'Kingdom', 'Voyage'])[1 + n % 11],
    (ARRAY['Ada Brandt', 'Louis Marchetti', 'Imogen Falk', 'Peter Osei', 'Greta Lindqvist', 'Hugo Almeida',
           'Naomi Tanaka'])[1 + n * n % 7],
    (ARRAY['Crime', 'Fantasy', 'Crime', 'History', 'Biography', 'Science', 'Crime', 'Fantasy', 'Poetry',
           'Travel', 'History', 'Fantasy', 'Crime'])[1 + n * 5 % 13],
    (ARRAY['English', 'English', 'German', 'English', 'French', 'English', 'German', 'Spanish'])[1 + n * 3 % 8],
    1962 + n * 29 % 63,
    90 + n * 71 % 640
FROM generate_series(1, 64) AS n;

-- One title in ten has a single copy; the six titles from 59 on are new and stand in no branch yet but one.
INSERT INTO public.copies
SELECT
    n,
    1 + (n * 7 + n / 58) % 58,
    CASE WHEN n % 3 = 0 THEN 1 ELSE 1 + (n * n + n / 5) % 5 END,
    (ARRAY['good', 'good', 'new', 'worn', 'good', 'damaged', 'worn'])[1 + n % 7],
    DATE '2016-01-04' + n * 97 % 3200,
    8.50 + n * 13 % 41 + (n % 4) * 0.25
FROM generate_series(1, 230) AS n;
INSERT INTO public.copies
SELECT 230 + n, 58 + n, 1 + n % 5, 'new', DATE '2024-11-04' + n, 19.90 + n
FROM generate_series(1, 6) AS n;
INSERT INTO public.copies
SELECT 236 + n, 1 + (n - 1) / 5, 1 + n % 5, 'good', DATE '2020-02-03' + n * 11, 12.00 + n % 9
FROM generate_series(1, 15) AS n;

INSERT INTO public.members
SELECT
    n,
    (ARRAY['Anna', 'Boris', 'Clara', 'Daniel', 'Eva', 'Felix', 'Helga', 'Ivan', 'Julia', 'Karim', 'Lena',
           'Marco', 'Nora'])[1 + n % 13] || ' '
        || (ARRAY['Adler', 'Bianchi', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Gomez', 'Hansen', 'Ito',
                  'Jansen', 'Keller'])[1 + n % 11],
    (ARRAY['adult', 'student', 'adult', 'senior', 'adult', 'child', 'student', 'adult', 'senior'])[1 + n % 9],
    (ARRAY['Riverton', 'Oakford', 'Riverton', 'Lindale', 'Oakford', 'Riverton', 'Brookdale'])[1 + n * 3 % 7],
    1 + (n * n + n / 4) % 5,
    DATE '2019-01-07' + n * 83 % 2170
FROM generate_series(1, 110) AS n;

-- Members from 104 on joined and never borrowed; the copies from 231 to 236 were never lent.
INSERT INTO public.loans
SELECT
    n,
    CASE WHEN n % 17 = 0 THEN 237 + n % 15 ELSE 1 + (n * 31 + n / 7) % (CASE WHEN n % 2 = 0 THEN 230 ELSE 90 END) END,
    1 + (n * 19 + n / 11) % (CASE WHEN n % 3 = 0 THEN 25 ELSE 103 END),
    lent,
    lent + 21 + 14 * (n * n % 7 / 2),
    CASE WHEN n % 23 = 0 OR lent + 4 + n * 13 % 43 > DATE '2024-12-31' THEN NULL ELSE lent + 4 + n * 13 % 43 END,
    n * n % 7 / 2
FROM generate_series(1, 900) AS n, LATERAL (
    SELECT CASE WHEN n = 900 THEN DATE '2024-12-31' ELSE DATE '2022-01-03' + (n * 37 + n / 9) % 1090 END AS lent
) AS days;

INSERT INTO public.fines
SELECT
    row_number() OVER (ORDER BY id),
    id,
    CASE WHEN returned_on IS NULL THEN 'loss' WHEN id % 9 = 0 THEN 'damage' ELSE 'late' END,
    (ARRAY['paid', 'open', 'paid', 'waived', 'paid', 'open', 'paid'])[1 + id % 7],
    CASE WHEN returned_on IS NULL THEN 18.00 + id % 13 WHEN id % 9 = 0 THEN 6.50 + id % 7
         ELSE 0.50 * (returned_on - due_on) + id % 3 END,
    coalesce(returned_on, due_on) + 2,
    CASE WHEN id % 7 IN (0, 2, 4, 6) THEN coalesce(returned_on, due_on) + 2 + id % 40 END
FROM public.loans
WHERE due_on < DATE '2024-12-01' AND (returned_on > due_on OR returned_on IS NULL OR id % 9 = 0);

COMMENT ON TABLE public.branches IS 'Branches of the library.';
COMMENT ON TABLE public.books IS 'Titles that the library holds; each may stand in several copies.';
COMMENT ON COLUMN public.books.published_year IS 'Year of first publication.';
COMMENT ON TABLE public.copies IS 'Copies of the books, each kept at one branch.';
COMMENT ON COLUMN public.copies.price IS 'What was paid for the copy, in euros.';
COMMENT ON TABLE public.members IS 'Members of the library.';
COMMENT ON COLUMN public.members.membership IS 'Kind of membership: adult, student, senior or child.';
COMMENT ON COLUMN public.members.home_branch_id IS 'The branch that the member registered at.';
COMMENT ON TABLE public.loans IS 'Loans of copies to members: one row each time a copy was borrowed.';
COMMENT ON COLUMN public.loans.returned_on IS 'Day the copy came back; null while it is out.';
COMMENT ON COLUMN public.loans.renewals IS 'How often the loan was renewed.';
COMMENT ON TABLE public.fines IS 'Fines for loans: late, damaged or lost.';
COMMENT ON COLUMN public.fines.amount IS 'Amount in euros.';
COMMENT ON COLUMN public.fines.status IS 'Whether the fine is paid, open or waived.';
