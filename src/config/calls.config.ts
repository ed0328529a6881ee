/*
 * The section `calls`: every key, its default and what is allowed.
 */

import { z } from 'zod';
import { digits, flag, hours, listOf, oneOf, text, wholeNumber } from './fields.ts';

const sound = text('must be the name of a sound without its ending, such as custom/recorded', (value) =>
  /^$|^[\w-]+(\/[\w-]+){0,5}$/.test(value),
);

const autoAnswer = z.strictObject({
  extensions: listOf(
    digits('must be an extension of 2 to 6 digits', (value) => /^\d{2,6}$/.test(value)),
    'extensions',
  ).optional(),
  header: oneOf('call-info', 'alert-info', 'none'),
});

/** Calls that the desk makes. Without the section it makes none. */
export const callsSection = z.strictObject({
  callerId: digits('must be a number of 2 to 15 digits, with or without + before them', (value) =>
    /^\+?\d{2,15}$/.test(value),
  ),
  context: text('must be the name of a context: up to 40 letters, digits, _ and -', (value) =>
    /^[A-Za-z0-9][\w-]{0,39}$/.test(value),
  ).default('courier-call'),
  ringSeconds: wholeNumber(5, 120).default(30),
  perMinute: wholeNumber(1, 1000).default(30),
  hours: hours.default('00:00-24:00'),
  recordCouriers: flag.default(false),
  confirmCourier: flag.default(false),
  announceCourier: sound.default(''),
  announceRecipient: sound.default(''),
  autoAnswer: z.array(autoAnswer, { error: 'must be a list of telephones and their header' }).default([]),
});
