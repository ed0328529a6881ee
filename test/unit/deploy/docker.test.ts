import { describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../../src/config/load.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const dockerfile = read('deploy/Dockerfile');
const defaults = parseConfig('', 'defaults');

describe('deploy/Dockerfile', () => {
  test('is understood by a linter without a word', () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate(dockerfile.replace('WORKDIR /app', 'WORKDIRS /app'))).not.toEqual([]);
  });

  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );

  test.each(copied)('copies %s, which is there and not ignored', (path) => {
    expect(existsSync(new URL(path, ROOT))).toBe(true);
    expect(read('.dockerignore').split('\n')).toContain(`!${path}`);
  });

  test('has nothing in the build that it does not copy', () => {
    const kept = read('.dockerignore').matchAll(/^!(.+)$/gm);
    expect([...kept].map(([, path]) => path).toSorted()).toEqual([...new Set(copied)].toSorted());
  });

  test('opens the ports that are the defaults, and asks the right one for its health', () => {
    expect(dockerfile).toContain(
      `\nEXPOSE ${defaults.listen.port} ${defaults.http.port} ${defaults.desk.port}\n`,
    );
    expect(dockerfile).toContain(`http://127.0.0.1:${defaults.http.port}/health`);
  });

  test('runs as a user without rights, on a Node.js that the package takes', () => {
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM'))).toContain('\nUSER node\n');
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const images = [...dockerfile.matchAll(/^FROM node:(\d+)-/gm)].map(([, major]) => major);
    expect(new Set(images)).toEqual(new Set([/\d+/.exec(engines.node)?.[0]]));
  });
});

const serviceFile = z.strictObject({
  profiles: z.tuple([z.literal('desk')]).optional(),
  command: z.array(z.string()).optional(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  image: z.string(),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()).optional(),
  extra_hosts: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  mem_limit: z.string().optional(),
});

const compose = z
  .strictObject({
    name: z.string(),
    services: z.strictObject({ 'courier-agi': serviceFile, desk: serviceFile, db: serviceFile }),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(read('deploy/compose.yaml')));

describe('deploy/compose.yaml', () => {
  const { 'courier-agi': router, desk, db } = compose.services;
  const services = [
    ['courier-agi', router],
    ['desk', desk],
  ] as const;

  test.each(services)('builds %s from the Dockerfile that is there', (_name, { build }) => {
    expect(build).toEqual({ context: '..', dockerfile: 'deploy/Dockerfile' });
  });

  test('names only volumes and files that are there', () => {
    const volumes = [router, desk, db].flatMap((service) => service.volumes);
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.startsWith('./')) expect(existsSync(new URL(`deploy/${source}`, ROOT))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test.each(services)(
    'gives %s a configuration that can be used, with the database of db',
    (_name, service) => {
      const { COURIER_AGI_DATABASE_URL: url = '', COURIER_AGI_CONFIG: file = '' } = service.environment;
      // A content of compose's own could not be put into a container that is read only.
      expect(service.read_only).toBe(true);
      expect(service.volumes).toContain(`./docker-config.yaml:${file}:ro`);
      const config = parseConfig(
        read('deploy/docker-config.yaml'),
        'docker-config.yaml',
        url.replace(/\$\{AGI_PASSWORD:\?[^}]*\}/, 'geheim'),
      );
      expect(config.database.url).toBe('mysql://agi:geheim@db:3306/courier');
      expect(Object.keys(service.depends_on ?? {})).toEqual(['db']);
    },
  );

  test('lets SQLite rewrite a journal where the container may be written to', () => {
    const [, folder] = /^ENV SQLITE_TMPDIR=(.+)$/m.exec(read('deploy/Dockerfile')) ?? [];
    expect(desk.read_only).toBe(true);
    expect(desk.volumes.map((volume) => volume.split(':')[1])).toContain(folder);
  });

  test('keeps what each writes in a volume of its own', () => {
    const { snapshot, journal, desk: section } = parseConfig(read('deploy/docker-config.yaml'), 'docker');
    expect(router.volumes).toContain('snapshot:/var/lib/courier-agi');
    expect(desk.volumes).toContain('journal:/var/lib/courier-agi');
    for (const path of [snapshot.file, journal.url.replace('sqlite:', ''), section.tokensFile])
      expect(path).toMatch(/^\/var\/lib\/courier-agi\//);
  });

  test('starts the desk only when it is asked for, with the secret of its account', () => {
    expect([desk.profiles, desk.command]).toEqual([['desk'], ['desk']]);
    expect(router.profiles ?? db.profiles).toBeUndefined();
    const [asterisk] = parseConfig(read('deploy/docker-config.yaml'), 'docker').asterisk;
    expect(desk.secrets).toEqual(Object.keys(compose.secrets));
    expect(asterisk?.secretFile).toBe(`/run/secrets/${desk.secrets?.[0]}`);
    expect(desk.extra_hosts).toEqual([`${asterisk?.host}:host-gateway`]);
    expect(read('.gitignore').split('\n')).toContain('deploy/ami-secret');
  });

  test('opens its ports to this machine alone', () => {
    const { listen, http, desk: section } = defaults;
    expect(router.ports).toEqual([listen, http].map(({ port }) => `127.0.0.1:${port}:${port}`));
    expect(desk.ports).toEqual([`127.0.0.1:${section.port}:${section.port}`]);
    expect(desk.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${section.port}/health`);
    expect(db.ports).toBeUndefined();
  });

  test('holds no password', () => {
    expect(db.environment['MARIADB_RANDOM_ROOT_PASSWORD']).toBe('1');
    expect(read('deploy/compose.yaml')).not.toMatch(/PASSWORD: (?!\$\{|'1')/);
  });

  test('lets MariaDB read, not run, the script with the grants', () => {
    expect(statSync(new URL('deploy/docker-grants.sh', ROOT)).mode & 0o111).toBe(0);
    expect(read('deploy/grants.sql')).toContain('CHANGE-ME');
  });
});
