-- A database user for courier-agi, who can read what routing a call needs and nothing else: codes and
-- telephone numbers. No name, no company, no address; `clients.pass` and `users.pass` stay out of reach.
--
-- Run it as an administrator, `sudo mysql < grants.sql` or `sudo mariadb < grants.sql`, after three changes:
--   * CHANGE-ME, twice, to a password of your own; a second run with another one changes the password;
--   * 127.0.0.1 to the address that courier-agi connects from, everywhere;
--   * `client` in the line of `fio` to the column that names the client of a contact person: the same as
--     database.contactPersonClientColumn in the configuration.
-- Leave out optional columns that your database does not have. They are: kurier.phonek, kurier.phone,
-- kurier.store, kurier.dateput, clients.State, givn.date_beg, givn.kurierstate, address.FL, zakaz.Visible, and
-- the table fio. courier-agi says at start what it misses, and what is off for that.

CREATE USER IF NOT EXISTS 'agi'@'127.0.0.1' IDENTIFIED BY 'CHANGE-ME';
ALTER USER 'agi'@'127.0.0.1' IDENTIFIED BY 'CHANGE-ME';

GRANT SELECT (Source, SourceCodeType, VALUE) ON courier.contacts TO 'agi'@'127.0.0.1';
GRANT SELECT (address, kurier, State, kurierstate, date_beg) ON courier.givn TO 'agi'@'127.0.0.1';
GRANT SELECT (code, phonem, phonek, phone, manager, store, dateput) ON courier.kurier TO 'agi'@'127.0.0.1';
GRANT SELECT (`user`, extPhone) ON courier.users TO 'agi'@'127.0.0.1';
GRANT SELECT (code, manager, State) ON courier.clients TO 'agi'@'127.0.0.1';
GRANT SELECT (code, client) ON courier.fio TO 'agi'@'127.0.0.1';
GRANT SELECT (code, zakaz, date_put, FL) ON courier.address TO 'agi'@'127.0.0.1';
GRANT SELECT (code, source, Visible) ON courier.zakaz TO 'agi'@'127.0.0.1';

-- Two dictionaries of the vendor's, which `courier-agi doctor` compares the configuration with. Where your
-- database has them, take the two dashes away.
-- GRANT SELECT ON courier.states TO 'agi'@'127.0.0.1';
-- GRANT SELECT ON `schema`.table_list TO 'agi'@'127.0.0.1';
