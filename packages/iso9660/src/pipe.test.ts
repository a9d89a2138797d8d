import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from './write/test/sample.ts';

const source = JSON.stringify(new URL('./index.ts', import.meta.url).href);

/**
 * What the error of `expression` is, given a pipe that nobody writes to as `pipe`. In a process of its own, which can
 * be stopped: what waits for the pipe hears nothing else.
 */
async function errorOf(expression: string): Promise<unknown> {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const program = `
    const { openIso, planIso, writeIso } = await import(${source});
    const pipe = ${JSON.stringify(pipe)};
    const told = await (${expression}).then(() => ({}), ({ code, message }) => ({ code, message }));
    console.log(JSON.stringify(told));`;
  const words = ['--conditions=ingot-source', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 20_000, killSignal: 'SIGKILL' });
  return JSON.parse(stdout);
}

it('a pipe is no image, and nobody waits for it', async () => {
  const message = expect.stringContaining('neither a file nor a block device');
  expect(await errorOf('openIso(pipe)')).toEqual({ code: 'INGOT_ISO_OPEN', message });
});

it('a pipe is no content of a planned file, and nobody waits for it', async () => {
  const inputs = `[{ path: 'a', type: 'file', size: 9, content: { path: pipe } }]`;
  const message = expect.stringContaining('it is not a regular file');
  expect(await errorOf(`writeIso(planIso(${inputs}, { volumeId: 'X', time: 0 }), pipe + '.iso')`)).toEqual({
    code: 'INGOT_ISO_CONTENT_UNREADABLE',
    message,
  });
});
