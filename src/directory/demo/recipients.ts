interface Recipient {
  /** `address.code` */
  readonly shipment: number;
  readonly name: string;
  readonly company: string | null;
}

/** Who the shipments of the demo company are for. Routing knows nothing of it. */
export const recipients: readonly Recipient[] = [
  { shipment: 70001, name: 'Мария Ковалёва', company: null },
  { shipment: 70002, name: 'Илья Громов', company: null },
  { shipment: 70003, name: 'Илья Громов', company: null },
  { shipment: 70004, name: 'Илья Громов', company: null },
  { shipment: 70005, name: 'Нина Складская', company: null },
  { shipment: 70006, name: 'Пётр Довольный', company: null },
  { shipment: 70007, name: 'Алесь Минский', company: 'Белая Русь' },
  { shipment: 70008, name: 'Денис Дальний', company: null },
  { shipment: 70009, name: 'Светлана Розова', company: null },
  { shipment: 70010, name: 'Виктор Двухтелефонный', company: null },
  { shipment: 70011, name: 'Ольга Ранняя', company: null },
  { shipment: 70012, name: 'Ольга Ранняя', company: null },
  { shipment: 70013, name: 'Тимур Ждущий', company: null },
  { shipment: 70014, name: 'Юлия Заречная', company: 'Заречье' },
  { shipment: 70015, name: 'Фёдор Рукописный', company: null },
  { shipment: 70016, name: 'Эмма Дважды', company: null },
  { shipment: 70017, name: 'Эмма Дважды', company: null },
];
