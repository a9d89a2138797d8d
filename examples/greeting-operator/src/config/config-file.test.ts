import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openConfigFile } from './config-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greeting-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (version: string) =>
  `apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: OperatorConfig\nrepositories: {${version}: [{endpoint: a}]}\n`;

it('follows a file as it changes, and keeps the last sound one', async () => {
  const file = join(folder, 'operator.yaml');
  await writeFile(file, text('1.0.0'));
  const errors: unknown[] = [];
  let said = () => {};
  const heard = () => new Promise<void>((resolve) => (said = resolve));
  const config = await openConfigFile(file, (...line) => (errors.push(line), said()));
  const stop = new AbortController();
  const followed = config.follow(5, () => said(), stop.signal);
  const versions = () => [...config.current.repositories.keys()];
  expect(versions()).toEqual(['1.0.0']);

  let next = heard();
  await writeFile(file, 'kind: Other');
  await next;
  expect(versions()).toEqual(['1.0.0']);
  expect(errors[0]).toEqual(['error', expect.any(String), expect.objectContaining({ code: 'GREETING_CONFIG' })]);

  next = heard();
  await writeFile(`${file}.new`, text('2.0.0'));
  const { rename } = await import('node:fs/promises');
  await rename(`${file}.new`, file);
  while (versions()[0] !== '2.0.0') {
    await next;
    next = heard();
  }
  stop.abort();
  await followed;
});

it('does not begin without one', async () => {
  const file = join(folder, 'nothing.yaml');
  await expect(openConfigFile(file, expect.unreachable)).rejects.toMatchObject({ code: 'GREETING_CONFIG', path: file });
});
