-- What the queries of each role have cost, by month, on sources that charge by the query.
CREATE TABLE spending (
    month   date NOT NULL,            -- its first day, in UTC
    role    text NOT NULL,
    source  text NOT NULL,
    usd     double precision NOT NULL,
    PRIMARY KEY (role, month, source)
);
