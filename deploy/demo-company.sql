-- The demo company in a MySQL or MariaDB of your own, to try courier-agi on a real database: tables as far
-- as the vendor's are known, with a company that does not exist. Not for the vendor's own server.

SET NAMES utf8mb4;
CREATE DATABASE IF NOT EXISTS courier CHARACTER SET utf8mb4;
USE courier;

CREATE TABLE contacts (
  code INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  Source INT NOT NULL,
  SourceCodeType SMALLINT NOT NULL,
  ContactType SMALLINT NOT NULL DEFAULT 1,
  VALUE VARCHAR(100) NOT NULL,
  KEY value_idx (VALUE),
  KEY source_idx (Source, SourceCodeType)
);

CREATE TABLE givn (
  code INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  address INT NOT NULL,
  kurier INT NULL,
  State SMALLINT NOT NULL,
  date_beg DATETIME NULL,
  tooktime DATETIME NULL,
  ldtime DATETIME NULL,
  KEY address_idx (address),
  KEY kurier_idx (kurier, State)
);

CREATE TABLE kurier (
  code INT NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL DEFAULT '',
  phonem VARCHAR(50) NULL,
  phonek VARCHAR(50) NULL,
  manager VARCHAR(30) NULL,
  store INT NULL
);

CREATE TABLE users (
  `user` VARCHAR(30) NOT NULL PRIMARY KEY,
  pass VARCHAR(64) NOT NULL DEFAULT '',
  extPhone VARCHAR(100) NULL
);

CREATE TABLE clients (
  code INT NOT NULL PRIMARY KEY,
  company VARCHAR(200) NOT NULL DEFAULT '',
  manager VARCHAR(30) NULL,
  State SMALLINT NULL,
  login VARCHAR(50) NULL,
  pass VARCHAR(64) NULL
);

CREATE TABLE fio (
  code INT NOT NULL PRIMARY KEY,
  client INT NULL,
  name VARCHAR(100) NOT NULL DEFAULT '',
  KEY client_idx (client)
);

CREATE TABLE address (
  code INT NOT NULL PRIMARY KEY,
  zakaz INT NULL,
  date_put DATETIME NULL,
  date_putn DATE NULL,
  StrBarCode VARCHAR(50) NULL,
  name VARCHAR(200) NOT NULL DEFAULT '',
  KEY zakaz_idx (zakaz)
);

CREATE TABLE zakaz (
  code INT NOT NULL PRIMARY KEY,
  source INT NULL,
  KEY source_idx (source)
);

INSERT INTO address (code, zakaz, date_put) VALUES
  (70001, 5001, NULL),
  (70002, 5001, NULL),
  (70003, 5002, NULL),
  (70004, 5002, '2026-03-02 12:40:00'),
  (70005, 5002, NULL),
  (70006, 5001, '2026-03-01 18:05:00'),
  (70007, 5004, NULL),
  (70008, 5001, NULL),
  (70009, 5004, NULL),
  (70010, 5003, NULL);

INSERT INTO clients (code, company, manager, State, login, pass) VALUES
  (201, 'Книги почтой', 'olga', 1, 'knigi', 'not-for-the-telephone-1'),
  (202, 'Чай и кофе', 'irina', 1, 'chai', 'not-for-the-telephone-2'),
  (203, 'Старый склад', '', 3, 'sklad', 'not-for-the-telephone-3'),
  (204, 'Цветы ночью', 'sergey', 1, 'cvety', 'not-for-the-telephone-4');

INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES
  (11, 1, '79161000011'),
  (12, 1, '79161000012'),
  (12, 1, '74951000012'),
  (13, 1, '79161000013'),
  (13, 1, '79261000013'),
  (14, 1, '79161000014'),
  (15, 1, '79161000015'),
  (201, 2, '74952000201'),
  (202, 2, '74952000202'),
  (203, 2, '74952000203'),
  (204, 2, '74952000204'),
  (203, 2, '74952000301'),
  (301, 39, '74952000301'),
  (302, 39, '79162000302'),
  (70001, 3, '79162000001'),
  (70002, 3, '79162000002'),
  (70003, 3, '79162000002'),
  (70004, 3, '79162000002'),
  (70005, 3, '79162000005'),
  (70006, 3, '79162000006'),
  (70007, 3, '375291234567'),
  (70008, 3, '79161000015'),
  (70009, 3, '79162000009'),
  (70010, 3, '79162000010');

INSERT INTO fio (code, client, name) VALUES
  (301, 201, 'Анна Полкина'),
  (302, 202, 'Олег Заварной');

INSERT INTO givn (address, kurier, State, date_beg) VALUES
  (70001, 11, 1, '2026-03-03 09:00:00'),
  (70002, 11, 1, '2026-03-02 09:00:00'),
  (70003, 13, 4, '2026-03-02 09:10:00'),
  (70003, 12, 1, '2026-03-03 09:10:00'),
  (70004, 13, 5, '2026-03-02 09:00:00'),
  (70006, 13, 5, '2026-03-01 09:00:00'),
  (70007, 15, 1, '2026-03-03 08:00:00'),
  (70008, 11, 1, '2026-03-03 09:20:00'),
  (70009, 14, 1, '2026-03-03 09:30:00'),
  (70010, 13, 1, '2026-03-03 09:40:00');

INSERT INTO kurier (code, name, phonem, phonek, manager) VALUES
  (11, 'Андрей Быстров', '8-916-100-00-11', '', 'olga'),
  (12, 'Борис Ветров', '+7 (916) 100-00-12', '8 495 100 00 12', 'pavel'),
  (13, 'Вера Скорова', '89161000013, 89261000013', NULL, 'irina'),
  (14, 'Глеб Тихий', '', NULL, ''),
  (15, 'Денис Дальний', '9161000015', '89161000015', 'sergey');

INSERT INTO users (`user`, extPhone) VALUES
  ('olga', '101, 102'),
  ('pavel', '103'),
  ('irina', '104, 8 (903) 555-00-04'),
  ('sergey', '8-903-555-00-05'),
  ('marina', '');

INSERT INTO zakaz (code, source) VALUES
  (5001, 201),
  (5002, 202),
  (5003, 203),
  (5004, 204);
