-- A second database user, for the desk's screens: names of couriers, clients, contact persons and recipients,
-- by their codes. It is no use to the router, which never reads a name; no telephone number and no password can
-- be read with it.
--
-- Run it as an administrator, `sudo mysql < desk-grants.sql` or `sudo mariadb < desk-grants.sql`, after two changes:
--   * CHANGE-ME, twice, to a password of your own;
--   * 127.0.0.1 to the address that the desk connects from, everywhere.
-- Leave out columns that your database does not have: the desk then shows one fact less, or codes, and says so
-- under Health. They are: kurier.manager, address.target, address.strbarcode, address.date_putn,
-- address.time_put_min, address.time_put_max, and the table fio.

CREATE USER IF NOT EXISTS 'desk'@'127.0.0.1' IDENTIFIED BY 'CHANGE-ME';
ALTER USER 'desk'@'127.0.0.1' IDENTIFIED BY 'CHANGE-ME';

GRANT SELECT (code, name, manager) ON courier.kurier TO 'desk'@'127.0.0.1';
GRANT SELECT (code, company) ON courier.clients TO 'desk'@'127.0.0.1';
GRANT SELECT (code, name) ON courier.fio TO 'desk'@'127.0.0.1';
GRANT SELECT (code, name, target, strbarcode, date_putn, time_put_min, time_put_max)
  ON courier.address TO 'desk'@'127.0.0.1';
