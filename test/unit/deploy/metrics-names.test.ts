import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DirectoryTimeoutError } from '../../../src/directory/directory.ts';
import { watchedDeskMetrics } from '../../service/desk/watched-desk.ts';
import { monitor, record } from '../monitoring/records.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../deploy/${name}`, import.meta.url), 'utf8');

const alertFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});

const dashboardFile = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string() })),
    }),
  ),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
});

const alerts = alertFile.parse(parse(read('prometheus-alerts.yaml'))).groups.flatMap(({ rules }) => rules);
const DASHBOARDS = ['grafana-dashboard.json', 'grafana-dashboard-desk.json'];
const dashboards = DASHBOARDS.map((name) => dashboardFile.parse(JSON.parse(read(name))));

const expressions = [
  ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboards
    .flatMap(({ panels }) => panels)
    .flatMap(({ title, targets }) =>
      // Grafana's variables become what they stand for.
      targets.map(({ expr }): [string, string] => [title, expr.replaceAll('$__rate_interval', '5m')]),
    ),
];

/** What Prometheus adds to every series of a target. */
const TARGET_LABELS = new Set(['job', 'instance']);

/** Metrics of Prometheus itself. */
const FOREIGN = new Set(['up']);

/** Names of series, each with the values of its labels. */
type Series = Map<string, Map<string, Set<string>>>;

/** What is exposed once everything has been counted, and what is from the start on. */
let exposed: Series;
let exposedAtStart: Series;

beforeAll(async () => {
  const watched = monitor({
    resilience: () => ({
      breakerOpen: false,
      problem: null,
      snapshot: { numbers: 1, ageSeconds: 1 },
      taking: null,
    }),
  });
  exposedAtStart = readSeries(`${await watched.metrics.text()}\n${await watchedDeskMetrics(true)}`);
  watched.call(record({ error: new DirectoryTimeoutError('late') }));
  exposed = readSeries(`${await watched.metrics.text()}\n${await watchedDeskMetrics()}`);
});

function readSeries(text: string): Series {
  const series: Series = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Map<string, Set<string>>();
    series.set(name, known);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
  return series;
}

/** What an expression asks for. */
function readExpression(expr: string) {
  const metrics: { name: string; matchers: { label: string; operator: string; value: string }[] }[] = [];
  const grouping: string[] = [];
  const errors: number[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) errors.push(node.from);
      else if (node.name === 'VectorSelector') {
        const [name = ''] = /^[a-zA-Z_:][\w:]*/.exec(text) ?? [];
        const matchers = [...text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)];
        metrics.push({
          name,
          matchers: matchers.map(([, label = '', operator = '', value = '']) => ({ label, operator, value })),
        });
      } else if (node.name === 'GroupingLabels') grouping.push(...(text.match(/\w+/g) ?? []));
    },
  });
  return { metrics, grouping, errors };
}

describe('the alert rules and the dashboard', () => {
  test.each(expressions)('%s asks in valid PromQL: %s', (_where, expr) => {
    const { metrics, errors } = readExpression(expr);
    expect(errors).toEqual([]);
    expect(metrics.length).toBeGreaterThan(0);
  });

  test.each(expressions)('%s names only metrics, labels and values that are exposed: %s', (_where, expr) => {
    const { metrics, grouping } = readExpression(expr);
    for (const { name, matchers } of metrics) {
      if (FOREIGN.has(name)) continue;
      expect([...exposed.keys()]).toContain(name);
      const labels = exposed.get(name);
      for (const { label, operator, value } of matchers) {
        if (TARGET_LABELS.has(label)) continue;
        expect([...(labels?.keys() ?? [])]).toContain(label);
        if (!operator.includes('~')) expect([...(labels?.get(label) ?? [])]).toContain(value);
      }
    }
    const known = metrics.flatMap(({ name }) => [...(exposed.get(name)?.keys() ?? [])]);
    for (const label of grouping) expect([...TARGET_LABELS, ...known]).toContain(label);
  });

  test.each(expressions)('%s sees the first of what it counts, the series begin at 0: %s', (_where, expr) => {
    for (const { name, matchers } of readExpression(expr).metrics) {
      if (FOREIGN.has(name)) continue;
      expect([...exposedAtStart.keys()]).toContain(name);
      for (const { label, operator, value } of matchers) {
        if (TARGET_LABELS.has(label) || operator.startsWith('!')) continue;
        const values = operator === '=' ? [value] : value.split('|');
        expect([...(exposedAtStart.get(name)?.get(label) ?? [])]).toEqual(expect.arrayContaining(values));
      }
    }
  });

  test('use every metric of ours', () => {
    const used = new Set(
      expressions.flatMap(([, expr]) => readExpression(expr).metrics.map(({ name }) => name)),
    );
    const ours = [...exposed.keys()].filter(
      (name) => name.startsWith('courier_agi_') && !name.startsWith('courier_agi_desk_'),
    );
    // Of a histogram the buckets are enough.
    expect(ours.filter((name) => !/_(sum|count)$/.test(name) && !used.has(name))).toEqual([]);
  });

  test('have names that occur once', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    for (const { panels } of dashboards) {
      const ids = panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test.each(dashboards.map((dashboard, index) => ({ ...dashboard, file: DASHBOARDS[index] ?? '' })))(
    '$file puts no panel over another or beyond the edge, and uses only variables that it has',
    ({ panels, templating, file }) => {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_one, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
      const names = templating.list.map(({ name }) => name);
      for (const [, name] of read(file).matchAll(/\$\{?(?!__)(\w+)/g)) expect(names).toContain(name);
    },
  );

  test('each dashboard has an identity of its own', () => {
    const uids = DASHBOARDS.map((name) => z.object({ uid: z.string() }).parse(JSON.parse(read(name))).uid);
    expect(new Set(uids).size).toBe(uids.length);
  });

  test.each([
    ['Asterisk not followed', 'courier_agi_desk_asterisk_up == 0'],
    ['no desk following', 'max without (instance) (courier_agi_desk_following) == 0'],
    ['a journal that is away', 'courier_agi_desk_journal_away == 1'],
    ['a journal that is behind', 'courier_agi_desk_journal_waiting'],
    ['lost calls', 'courier_agi_desk_journal_lost'],
    ['a damaged journal', 'courier_agi_desk_journal_damaged == 1'],
    ['a disk that is nearly full', 'courier_agi_desk_journal_free_bytes <'],
    ['a port that is not open', 'courier_agi_desk_port_closed == 1'],
  ])('have an alert for %s', (_what, expr) => {
    expect(alerts.some((alert) => alert.expr.includes(expr))).toBe(true);
  });
});
