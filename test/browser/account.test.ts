import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, PASSWORD, SHOWN, type Office } from './office.ts';

/* What people do to their own sign-in, and an admin to those of others. */

const NEW_PASSWORD = 'a new long password';
const closing = new Cleanups();
let office: Office;

beforeAll(async () => {
  office = await openOffice(closing, [
    { name: 'olga', role: 'operator', extensions: ['101'] },
    { name: 'marina', role: 'admin' },
    { name: 'pavel', role: 'supervisor' },
  ]);
}, OFFICE_START_MS);
afterAll(closing.run);

const menu = (at: Page) => at.getByRole('button', { name: 'Настройки и выход' });

async function isIn(context: BrowserContext): Promise<boolean> {
  return (await context.request.get(`${office.url}/api/session`)).ok();
}

describe('signing out', () => {
  test('that does not work is told, and can be tried again', async () => {
    const context = await office.open('pavel');
    const at = await office.page(context);
    await at.route('**/api/session', (route) => route.abort());
    await menu(at).click();
    await at.getByRole('button', { name: 'Выйти' }).click();
    await at.getByText('Выйти не получилось, сеанс продолжается.').waitFor(SHOWN);
    expect(await at.getByLabel('Пароль').count()).toBe(0);
    await at.unroute('**/api/session');
    expect(await isIn(context)).toBe(true);
    await at.getByRole('button', { name: 'Повторить' }).click();
    await at.getByLabel('Пароль').waitFor(SHOWN);
    expect(await isIn(context)).toBe(false);
    await context.close();
  }, 120_000);

  test('is not offered to whom a proxy signs in with each request', async () => {
    const context = await office.open('pavel');
    await context.route('**/api/session', async (route) => {
      const response = await route.fetch();
      const { user } = (await response.json()) as { user: object };
      await route.fulfill({
        response,
        json: { user: { ...user, canSignOut: false, canChangePassword: false } },
      });
    });
    const at = await office.page(context);
    await menu(at).click();
    await at.getByText('Оформление').waitFor(SHOWN);
    expect(await at.getByRole('button', { name: 'Выйти' }).count()).toBe(0);
    expect(await at.getByRole('button', { name: 'Сменить пароль' }).count()).toBe(0);
    await context.close();
  }, 120_000);
});

test('too many tries count down to the next one', async () => {
  const stranger = await office.open(null);
  const at = await stranger.newPage();
  await at.goto(office.url);
  await at.route('**/api/session', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'retry-after': '4' },
      json: { error: { code: 'too_many_tries', message: 'Слишком много' } },
    }),
  );
  await at.getByLabel('Логин').fill('nobody');
  await at.getByLabel('Пароль').fill('wrong-password');
  const submit = at.getByRole('button', { name: 'Войти', exact: true });
  await submit.click();
  await at.getByText(/^Следующая попытка через [34] с\.$/).waitFor(SHOWN);
  expect(await submit.getAttribute('aria-disabled')).toBe('true');
  await at.getByText('Следующая попытка через 1 с.').waitFor(SHOWN);
  await eventually('one may try again', async () => (await submit.getAttribute('aria-disabled')) === 'false');
  expect(await at.locator('#problem').textContent()).toBe('');
  await stranger.close();
}, 120_000);

describe('the own password', () => {
  test('is changed in the menu, and the session goes on', async () => {
    const context = await office.open('olga');
    const other = await office.open('olga');
    const at = await office.page(context);
    await menu(at).click();
    await at.getByRole('button', { name: 'Сменить пароль' }).click();
    const dialog = at.getByRole('dialog');
    const fill = async (old: string, again: string): Promise<void> => {
      await dialog.getByLabel('Старый пароль').fill(old);
      await dialog.getByLabel(/^Новый пароль \(/).fill(NEW_PASSWORD);
      await dialog.getByLabel('Новый пароль ещё раз').fill(again);
      await dialog.getByRole('button', { name: 'Сменить' }).click();
    };
    await fill(PASSWORD, 'another password');
    await dialog.getByText('Новый пароль и его повтор различаются.').waitFor(SHOWN);
    await fill('wrong-password', NEW_PASSWORD);
    await dialog.getByText('Старый пароль не подходит.').waitFor(SHOWN);
    await fill(PASSWORD, NEW_PASSWORD);
    await dialog.getByText('Пароль изменён.').waitFor(SHOWN);
    await dialog.getByRole('button', { name: 'Закрыть' }).last().click();
    await eventually('the focus is back in the head', () =>
      menu(at).evaluate((button) => button.matches(':focus')),
    );
    await at.reload();
    await menu(at).waitFor(SHOWN);
    expect([await isIn(context), await isIn(other)]).toEqual([true, false]);
    const answer = await other.request.post(`${office.url}/api/session`, {
      headers: { origin: office.url },
      data: { name: 'olga', password: NEW_PASSWORD },
    });
    expect(answer.status()).toBe(200);
    await Promise.all([context.close(), other.close()]);
  }, 120_000);
});

describe('an admin', () => {
  let context: BrowserContext;
  let at: Page;
  beforeAll(async () => {
    context = await office.open('marina');
    at = await office.page(context, '/status');
    await row('marina').waitFor(SHOWN);
  }, 120_000);
  const row = (name: string) => at.locator('#users tbody tr', { hasText: name });

  test('makes up no password for themselves, which nobody could read, and stays signed in', async () => {
    at.on('dialog', (dialog) => void dialog.accept());
    const button = row('marina').getByRole('button', { name: 'Новый пароль marina' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('title')).toContain('в меню');
    await button.click({ force: true });
    await row('pavel').getByRole('button', { name: 'Новый пароль pavel' }).click();
    await at.locator('#users code').waitFor(SHOWN);
    expect(await isIn(context)).toBe(true);
  }, 120_000);

  test('gives another user another role and other telephones', async () => {
    await row('pavel').getByRole('button', { name: 'Изменить pavel' }).click();
    const dialog = at.getByRole('dialog');
    await dialog.getByLabel('Роль').selectOption('operator');
    await dialog.getByLabel(/^Телефоны/).fill('1');
    await dialog.getByRole('button', { name: 'Сохранить' }).click();
    await dialog.getByText('Телефоны: только цифры, от 2 до 15 в каждом.').waitFor(SHOWN);
    await dialog.getByLabel(/^Телефоны/).fill('104, +7 916 200-00-01');
    await dialog.getByRole('button', { name: 'Сохранить' }).click();
    await row('pavel').getByText('104, +7 916 200-00-01').waitFor(SHOWN);
    expect(await row('pavel').textContent()).toContain('оператор');
  }, 120_000);

  test('keeps their own role', async () => {
    await row('marina').getByRole('button', { name: 'Изменить marina' }).click();
    const dialog = at.getByRole('dialog');
    expect(await dialog.getByLabel('Роль').isDisabled()).toBe(true);
    await dialog.getByLabel(/^Телефоны/).fill('109');
    await dialog.getByRole('button', { name: 'Сохранить' }).click();
    await row('marina').getByText('109').waitFor(SHOWN);
    expect(await row('marina').textContent()).toContain('администратор');
  }, 120_000);
});
