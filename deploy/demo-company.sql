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
  kurierstate SMALLINT NULL,
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
  phone VARCHAR(50) NULL,
  manager VARCHAR(30) NULL,
  store INT NULL,
  dateput DATETIME NULL
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
  FL INT NULL,
  StrBarCode VARCHAR(50) NULL,
  name VARCHAR(200) NOT NULL DEFAULT '',
  KEY zakaz_idx (zakaz)
);

CREATE TABLE zakaz (
  code INT NOT NULL PRIMARY KEY,
  source INT NULL,
  Visible CHAR(1) NULL DEFAULT 'T',
  KEY source_idx (source)
);

INSERT INTO address (code, zakaz, date_put, FL) VALUES
  (70001, 5001, NULL, NULL),
  (70002, 5001, NULL, NULL),
  (70003, 5002, NULL, NULL),
  (70004, 5002, '2026-03-02 12:40:00', NULL),
  (70005, 5002, NULL, NULL),
  (70006, 5001, '2026-03-01 18:05:00', NULL),
  (70007, 5004, NULL, NULL),
  (70008, 5001, NULL, NULL),
  (70009, 5004, NULL, NULL),
  (70010, 5003, NULL, NULL),
  (70011, 5001, NULL, NULL),
  (70012, 5002, NULL, NULL),
  (70013, 5001, NULL, NULL),
  (70014, 5002, NULL, 3),
  (70015, 5001, NULL, 2),
  (70016, 5002, NULL, NULL),
  (70017, 5005, NULL, NULL);

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
  (16, 1, '79161000016'),
  (17, 1, '79161000017'),
  (18, 1, '79161000018'),
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
  (70010, 3, '79162000010'),
  (70011, 3, '79162000011'),
  (70012, 3, '79162000011'),
  (70013, 3, '79162000013'),
  (70014, 3, '79162000014'),
  (70015, 3, '8 (916) 200-00-15'),
  (70016, 3, '79162000016'),
  (70017, 3, '79162000016');

INSERT INTO fio (code, client, name) VALUES
  (301, 201, 'Анна Полкина'),
  (302, 202, 'Олег Заварной');

INSERT INTO givn (address, kurier, State, kurierstate, date_beg) VALUES
  (70001, 11, 1, NULL, '2026-03-03 09:00:00'),
  (70002, 11, 1, NULL, '2026-03-02 09:00:00'),
  (70003, 13, 4, NULL, '2026-03-02 09:10:00'),
  (70003, 12, 1, NULL, '2026-03-03 09:10:00'),
  (70004, 13, 5, NULL, '2026-03-02 09:00:00'),
  (70006, 13, 5, NULL, '2026-03-01 09:00:00'),
  (70007, 15, 1, NULL, '2026-03-03 08:00:00'),
  (70008, 11, 1, NULL, '2026-03-03 09:20:00'),
  (70009, 14, 1, NULL, '2026-03-03 09:30:00'),
  (70010, 13, 1, NULL, '2026-03-03 09:40:00'),
  (70011, 11, 1, 1, '2026-03-02 09:50:00'),
  (70012, 12, 1, 5, '2026-03-03 09:50:00'),
  (70013, 16, 1, NULL, '2026-02-26 09:00:00'),
  (70014, 17, 1, NULL, '2026-03-03 10:00:00'),
  (70016, 11, 1, NULL, '2026-03-03 10:10:00'),
  (70017, 12, 1, NULL, '2026-03-03 10:20:00');

INSERT INTO kurier (code, name, phonem, phonek, phone, manager, store, dateput) VALUES
  (11, 'Андрей Быстров', '8-916-100-00-11', '', '8-985-100-00-11', 'olga', 1, NULL),
  (12, 'Борис Ветров', '+7 (916) 100-00-12', '8 495 100 00 12', NULL, 'pavel', NULL, NULL),
  (13, 'Вера Скорова', '89161000013, 89261000013', NULL, NULL, 'irina', NULL, NULL),
  (14, 'Глеб Тихий', '', NULL, NULL, '', NULL, NULL),
  (15, 'Денис Дальний', '9161000015', '89161000015', NULL, 'sergey', NULL, NULL),
  (16, 'Егор Бывший', '89161000016', '', NULL, 'olga', NULL, '2026-02-27 00:00:00'),
  (17, 'Жанна Лёгкая', '89161000017', '', NULL, '18', 2, NULL),
  (18, 'Захар Старший', '8 916 100-00-18', '', NULL, 'olga', 2, NULL);

INSERT INTO users (`user`, extPhone) VALUES
  ('olga', '101, 102'),
  ('pavel', '103'),
  ('irina', '104, 8 (903) 555-00-04'),
  ('sergey', '8-903-555-00-05'),
  ('marina', '');

INSERT INTO zakaz (code, source, Visible) VALUES
  (5001, 201, 'T'),
  (5002, 202, NULL),
  (5003, 203, NULL),
  (5004, 204, NULL),
  (5005, 202, 'F');
