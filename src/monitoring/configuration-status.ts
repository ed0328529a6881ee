import { resolve } from 'node:path';
import type { Text } from '../util/language.ts';
import { localTime } from '../util/local-time.ts';

/** Which configuration a server works with, as `/status` tells. */
export interface ConfigurationStatus {
  /** The file, as an absolute path; null: there is none, and everything is a default. */
  readonly file: string | null;
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** The file, or the password's, reads otherwise by now. */
  readonly hasChanged: boolean;
  /** Keys whose change waits for the next start. */
  readonly waitingForRestart: readonly string[];
  /** The last reload, when it was refused; null otherwise. */
  readonly refused: { readonly at: string; readonly problems: readonly string[] } | null;
}

/**
 * What an admin should know of it: nothing while the server does what the file says.
 *
 * @param ownFile the file that the command works with that asks, where it works with one
 */
export function configurationRemarks(status: ConfigurationStatus, ownFile?: string | null): Text[] {
  const { file, hasChanged, waitingForRestart, refused } = status;
  const remarks: Text[] = [];
  if (ownFile !== undefined && (ownFile === null ? null : resolve(ownFile)) !== file) {
    const [theirs, ours] = [file ?? 'no file', ownFile ?? 'no file'];
    remarks.push({
      en: `The running server works with another configuration: with ${theirs}, not with ${ours}`,
      ru: `Сервер работает с другими настройками: ${theirs}, а не ${ours}`,
    });
  }
  if (refused !== null) {
    const problems = refused.problems.join('; ');
    remarks.push({
      en: `The reload at ${toTheSecond(refused.at)} was refused, the old configuration stays: ${problems}`,
      ru: `Перечитать настройки в ${toTheSecond(refused.at)} не удалось, действуют прежние: ${problems}`,
    });
  }
  if (hasChanged) {
    remarks.push({
      en: `${file ?? ''} has changed since the server read it at ${toTheSecond(status.readAt)}: systemctl reload courier-agi`,
      ru: `${file ?? ''} изменён после того, как сервер прочитал его в ${toTheSecond(status.readAt)}: systemctl reload courier-agi`,
    });
  }
  if (waitingForRestart.length > 0) {
    const keys = waitingForRestart.join(', ');
    remarks.push({
      en: `These changes take effect at the next start: ${keys}`,
      ru: `Эти изменения вступят в силу при следующем запуске: ${keys}`,
    });
  }
  return remarks;
}

function toTheSecond(time: string): string {
  return localTime(new Date(time)).slice(0, '2026-03-03 12:30:00'.length);
}
