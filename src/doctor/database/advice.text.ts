import { ADVICE, type AdvisedCode } from '../../directory/mysql/mysql.errors.ts';
import type { Text } from '../../util/language.ts';

/** What the log says in English about a database that cannot be asked. */
const IN_RUSSIAN: Readonly<Record<AdvisedCode, string>> = {
  ECONNREFUSED:
    'Там никто не слушает: запущен ли сервер, верны ли хост и порт? У сервера на другой машине: bind-address.',
  ENOENT: 'Такого сокета нет: запущен ли сервер, верен ли socketPath?',
  ENOTFOUND: 'Имя хоста неизвестно.',
  EAI_AGAIN: 'Сервер имён не отвечает.',
  EHOSTUNREACH: 'До этого хоста нет пути.',
  ETIMEDOUT: 'Ответа нет: на пути файрвол, или сервер завис?',
  PROTOCOL_CONNECTION_LOST: 'Сервер закрыл соединение.',
  HANDSHAKE_NO_SSL_SUPPORT: 'Сервер не умеет шифровать: уберите ssl=…',
  HANDSHAKE_SSL_ERROR:
    'Не удалось договориться о шифровании: проверьте сертификат или напишите ?ssl=noverify, чтобы верить любому.',
  ER_ACCESS_DENIED_ERROR: 'Проверьте имя, пароль и то, с каких хостов этому пользователю можно подключаться.',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
    'Этот пользователь входит без пароля, только через unix-сокет и только под системным пользователем с тем же именем: возьмите пользователя из deploy/grants.sql.',
  ER_DBACCESS_DENIED_ERROR: 'Этому пользователю нельзя читать эту базу: см. deploy/grants.sql.',
  ER_TABLEACCESS_DENIED_ERROR: 'Этому пользователю нельзя читать эту таблицу: см. deploy/grants.sql.',
  ER_COLUMNACCESS_DENIED_ERROR: 'Этому пользователю нельзя читать этот столбец: см. deploy/grants.sql.',
  ER_BAD_DB_ERROR: 'Такой базы нет.',
  ER_CON_COUNT_ERROR:
    'У сервера не осталось соединений: уменьшите database.poolSize или увеличьте max_connections.',
  ER_TOO_MANY_USER_CONNECTIONS:
    'У пользователя не осталось соединений: уменьшите database.poolSize или увеличьте max_user_connections.',
  ER_USER_LIMIT_REACHED:
    'Пользователь исчерпал свой предел: уменьшите database.poolSize или поднимите предел (ALTER USER … WITH).',
  ER_HOST_NOT_PRIVILEGED:
    'С этого адреса не может войти никто: поставьте его вместо 127.0.0.1 в deploy/grants.sql и выполните его ещё раз.',
  ER_HOST_IS_BLOCKED:
    'Отсюда оборвалось слишком много соединений: выполните на сервере FLUSH HOSTS (mysqladmin flush-hosts) и увеличьте max_connect_errors.',
  ER_SECURE_TRANSPORT_REQUIRED: 'Сервер требует шифрования: добавьте ?ssl=true в database.url.',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'Срок пароля истёк: задайте новый, ALTER USER.',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'Учётная запись закрыта: ALTER USER … ACCOUNT UNLOCK.',
  AUTH_SWITCH_PLUGIN_ERROR:
    'Такой способ входа не поддерживается: пусть будет mysql_native_password или ed25519 в MariaDB, caching_sha2_password в MySQL (ALTER USER … IDENTIFIED VIA mysql_native_password USING PASSWORD(…)).',
  NO_PASSWORD:
    'Пароль не задан: назовите файл с ним в database.passwordFile или впишите пароль в database.url.',
  PERHAPS_SSL: 'Если для пользователя задано REQUIRE SSL, добавьте ?ssl=true в database.url.',
};

export function databaseAdvice(code: AdvisedCode): Text {
  return { en: ADVICE[code], ru: IN_RUSSIAN[code] };
}
