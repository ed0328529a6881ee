/**
 * "Колибри", a courier company that does not exist: the data of the demo database, of the tests on real
 * databases and of the scenarios in agi-scripts/. One row a line, columns as in the vendor's tables, dirt
 * in the phone fields as in the wild. Phone numbers follow a pattern: the last digits of a courier's
 * numbers are their code, 7 916 2xx are recipients, 7 495 2xx are clients.
 */

/** Generation users: who answers which extensions. */
export const users = [
  { user: 'olga', extPhone: '101, 102' },
  { user: 'pavel', extPhone: '103' },
  { user: 'irina', extPhone: '104, 8 (903) 555-00-04' },
  { user: 'sergey', extPhone: '8-903-555-00-05' },
  { user: 'marina', extPhone: '' },
] as const;

/**
 * Staff: 11 to 17 are couriers, 18 is the senior one among them. `dateput` is set when somebody leaves; `store` is
 * the branch; `manager` is a row of users, or the code of a colleague.
 */
export const kurier = [
  {
    code: 11,
    name: 'Андрей Быстров',
    phonem: '8-916-100-00-11',
    phonek: '',
    phone: '8-985-100-00-11',
    manager: 'olga',
    store: 1,
    dateput: null,
  },
  {
    code: 12,
    name: 'Борис Ветров',
    phonem: '+7 (916) 100-00-12',
    phonek: '8 495 100 00 12',
    manager: 'pavel',
  },
  { code: 13, name: 'Вера Скорова', phonem: '89161000013, 89261000013', phonek: null, manager: 'irina' },
  { code: 14, name: 'Глеб Тихий', phonem: '', phonek: null, manager: '' },
  { code: 15, name: 'Денис Дальний', phonem: '9161000015', phonek: '89161000015', manager: 'sergey' },
  {
    code: 16,
    name: 'Егор Бывший',
    phonem: '89161000016',
    phonek: '',
    manager: 'olga',
    dateput: '2026-02-27 00:00:00',
  },
  { code: 17, name: 'Жанна Лёгкая', phonem: '89161000017', phonek: '', manager: '18', store: 2 },
  { code: 18, name: 'Захар Старший', phonem: '8 916 100-00-18', phonek: '', manager: 'olga', store: 2 },
] as const;

/** Client companies. 1 = works with us, 3 = has left. */
export const clients = [
  {
    code: 201,
    company: 'Книги почтой',
    manager: 'olga',
    State: 1,
    login: 'knigi',
    pass: 'not-for-the-telephone-1',
  },
  {
    code: 202,
    company: 'Чай и кофе',
    manager: 'irina',
    State: 1,
    login: 'chai',
    pass: 'not-for-the-telephone-2',
  },
  {
    code: 203,
    company: 'Старый склад',
    manager: '',
    State: 3,
    login: 'sklad',
    pass: 'not-for-the-telephone-3',
  },
  {
    code: 204,
    company: 'Цветы ночью',
    manager: 'sergey',
    State: 1,
    login: 'cvety',
    pass: 'not-for-the-telephone-4',
  },
] as const;

/** Contact persons of the clients. */
export const fio = [
  { code: 301, client: 201, name: 'Анна Полкина' },
  { code: 302, client: 202, name: 'Олег Заварной' },
] as const;

/** Orders; `source` is the client. `Visible` marks those that are live. */
export const zakaz = [
  { code: 5001, source: 201, Visible: 'T' },
  { code: 5002, source: 202 },
  { code: 5003, source: 203 },
  { code: 5004, source: 204 },
  { code: 5005, source: 202, Visible: 'F' },
] as const;

/** Shipments; `date_put` is null while the shipment is open. `FL` is the branch. */
export const address = [
  // In the hands of courier 11.
  { code: 70001, zakaz: 5001, date_put: null, FL: null },
  // Three for one recipient: 11 has the older, 12 the newer; the third was delivered by 13.
  { code: 70002, zakaz: 5001, date_put: null },
  { code: 70003, zakaz: 5002, date_put: null },
  { code: 70004, zakaz: 5002, date_put: '2026-03-02 12:40:00' },
  // Open, and still in the warehouse.
  { code: 70005, zakaz: 5002, date_put: null },
  // Delivered, all done.
  { code: 70006, zakaz: 5001, date_put: '2026-03-01 18:05:00' },
  // To a recipient in Belarus, in the hands of courier 15.
  { code: 70007, zakaz: 5004, date_put: null },
  // To courier 15 personally, in the hands of courier 11.
  { code: 70008, zakaz: 5001, date_put: null },
  // To a recipient whose courier has no telephone.
  { code: 70009, zakaz: 5004, date_put: null },
  // In the hands of courier 13, who has two mobile phones in one field.
  { code: 70010, zakaz: 5003, date_put: null },
  // Two for one recipient: 12 took the newer one, and has reported it as handed over.
  { code: 70011, zakaz: 5001, date_put: null },
  { code: 70012, zakaz: 5002, date_put: null },
  // In the hands of courier 16, who has left.
  { code: 70013, zakaz: 5001, date_put: null },
  // Of branch 3, in the hands of courier 17 of branch 2.
  { code: 70014, zakaz: 5002, date_put: null, FL: 3 },
  // In the warehouse of branch 2, for the number that was typed by hand.
  { code: 70015, zakaz: 5001, date_put: null, FL: 2 },
  // Two for one recipient: the newer one is of an order that is not live any more.
  { code: 70016, zakaz: 5002, date_put: null },
  { code: 70017, zakaz: 5005, date_put: null },
] as const;

/**
 * Shipments issued to couriers: 1 = in the courier's hands, 4 = not delivered, 5 = delivered. `kurierstate` is what
 * the courier has reported, in the same codes: the office sets State in the evening.
 */
export const givn = [
  { address: 70001, kurier: 11, State: 1, kurierstate: null, date_beg: '2026-03-03 09:00:00' },
  { address: 70002, kurier: 11, State: 1, date_beg: '2026-03-02 09:00:00' },
  { address: 70003, kurier: 13, State: 4, date_beg: '2026-03-02 09:10:00' },
  { address: 70003, kurier: 12, State: 1, date_beg: '2026-03-03 09:10:00' },
  { address: 70004, kurier: 13, State: 5, date_beg: '2026-03-02 09:00:00' },
  { address: 70006, kurier: 13, State: 5, date_beg: '2026-03-01 09:00:00' },
  { address: 70007, kurier: 15, State: 1, date_beg: '2026-03-03 08:00:00' },
  { address: 70008, kurier: 11, State: 1, date_beg: '2026-03-03 09:20:00' },
  { address: 70009, kurier: 14, State: 1, date_beg: '2026-03-03 09:30:00' },
  { address: 70010, kurier: 13, State: 1, date_beg: '2026-03-03 09:40:00' },
  { address: 70011, kurier: 11, State: 1, kurierstate: 1, date_beg: '2026-03-02 09:50:00' },
  { address: 70012, kurier: 12, State: 1, kurierstate: 5, date_beg: '2026-03-03 09:50:00' },
  { address: 70013, kurier: 16, State: 1, date_beg: '2026-02-26 09:00:00' },
  { address: 70014, kurier: 17, State: 1, date_beg: '2026-03-03 10:00:00' },
  { address: 70016, kurier: 11, State: 1, date_beg: '2026-03-03 10:10:00' },
  { address: 70017, kurier: 12, State: 1, date_beg: '2026-03-03 10:20:00' },
] as const;

/** The index of every phone. SourceCodeType: 1 courier, 2 client, 3 recipient's shipment, 39 contact person. */
export const contacts = [
  { Source: 11, SourceCodeType: 1, VALUE: '79161000011' },
  { Source: 12, SourceCodeType: 1, VALUE: '79161000012' },
  { Source: 12, SourceCodeType: 1, VALUE: '74951000012' },
  { Source: 13, SourceCodeType: 1, VALUE: '79161000013' },
  { Source: 13, SourceCodeType: 1, VALUE: '79261000013' },
  { Source: 14, SourceCodeType: 1, VALUE: '79161000014' },
  { Source: 15, SourceCodeType: 1, VALUE: '79161000015' },
  { Source: 16, SourceCodeType: 1, VALUE: '79161000016' },
  { Source: 17, SourceCodeType: 1, VALUE: '79161000017' },
  { Source: 18, SourceCodeType: 1, VALUE: '79161000018' },

  { Source: 201, SourceCodeType: 2, VALUE: '74952000201' },
  { Source: 202, SourceCodeType: 2, VALUE: '74952000202' },
  { Source: 203, SourceCodeType: 2, VALUE: '74952000203' },
  { Source: 204, SourceCodeType: 2, VALUE: '74952000204' },
  // Анна Полкина works for client 201 and still uses the telephone of client 203.
  { Source: 203, SourceCodeType: 2, VALUE: '74952000301' },
  { Source: 301, SourceCodeType: 39, VALUE: '74952000301' },
  { Source: 302, SourceCodeType: 39, VALUE: '79162000302' },

  { Source: 70001, SourceCodeType: 3, VALUE: '79162000001' },
  { Source: 70002, SourceCodeType: 3, VALUE: '79162000002' },
  { Source: 70003, SourceCodeType: 3, VALUE: '79162000002' },
  { Source: 70004, SourceCodeType: 3, VALUE: '79162000002' },
  { Source: 70005, SourceCodeType: 3, VALUE: '79162000005' },
  { Source: 70006, SourceCodeType: 3, VALUE: '79162000006' },
  { Source: 70007, SourceCodeType: 3, VALUE: '375291234567' },
  { Source: 70008, SourceCodeType: 3, VALUE: '79161000015' },
  { Source: 70009, SourceCodeType: 3, VALUE: '79162000009' },
  { Source: 70010, SourceCodeType: 3, VALUE: '79162000010' },
  { Source: 70011, SourceCodeType: 3, VALUE: '79162000011' },
  { Source: 70012, SourceCodeType: 3, VALUE: '79162000011' },
  { Source: 70013, SourceCodeType: 3, VALUE: '79162000013' },
  { Source: 70014, SourceCodeType: 3, VALUE: '79162000014' },
  // Somebody has typed this one by hand.
  { Source: 70015, SourceCodeType: 3, VALUE: '8 (916) 200-00-15' },
  { Source: 70016, SourceCodeType: 3, VALUE: '79162000016' },
  { Source: 70017, SourceCodeType: 3, VALUE: '79162000016' },
] as const;
