const plural = new Intl.PluralRules('ru');

/** `21 звонок`, `22 звонка`, `25 звонков`. */
function counted(count: number, one: string, few: string, many: string): string {
  const form = plural.select(count);
  return `${count} ${form === 'one' ? one : form === 'few' ? few : many}`;
}

/** What the pages say, in Russian: the English texts have the same keys. */
export const ru = {
  locale: 'ru',
  product: 'courier-agi',
  toContent: 'К содержанию',
  pages: {
    now: 'Сейчас',
    missed: 'Пропущенные',
    journal: 'Журнал',
    health: 'Состояние',
    people: 'Пользователи',
    shipment: (code: string) => `Отправление ${code}`,
    nothing: 'Такой страницы нет',
    nav: 'Разделы',
  },
  signIn: {
    title: 'Вход',
    name: 'Логин',
    password: 'Пароль',
    submit: 'Войти',
    ended: 'Сеанс закончился. Войдите снова, страница останется открытой.',
    withOidc: 'Войти через учётную запись компании',
    wrong: 'Логин или пароль не подходят.',
  },
  loading: 'Загружаем',
  away: 'Сервер не отвечает. Попробуйте ещё раз через минуту.',
  retry: 'Повторить',
  close: 'Закрыть',
  cancel: 'Отмена',
  search: { label: 'Номер, код, имя' },
  menu: {
    label: 'Настройки и выход',
    sound: 'Звук звонка',
    soundHere: 'в этой вкладке',
    soundOff: 'выключен',
    soundElsewhere: 'Сейчас звук в другой вкладке.',
    soundAsleep: 'Браузер разрешит звук после первого щелчка на странице.',
    theme: 'Вид',
    themes: { system: 'как в системе', light: 'светлый', dark: 'тёмный' },
    language: 'Язык',
    slash: 'Клавиша / переходит к поиску',
    keys: 'Клавиши',
    leave: 'Выйти',
  },
  roles: { operator: 'оператор', supervisor: 'старший', admin: 'админ.' },
  units: {
    calls: (count: number) => counted(count, 'звонок', 'звонка', 'звонков'),
  },
};

export type Texts = typeof ru;
