import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const source = JSON.stringify(new URL('./interruptible.ts', import.meta.url).href);

it.each(['SIGINT', 'SIGTERM'])(
  '%s ends the work with an error that has a code, whatever it made of it',
  async (signal) => {
    // In a process of its own: the runner of the tests listens to these signals, too.
    const program = `
    const { interruptible } = await import(${source});
    const awake = setInterval(() => {}, 1000);
    const work = (signal) => new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cut', { cause: signal.reason })));
      process.kill(process.pid, '${signal}');
    });
    const { code, message, help } = await interruptible(work).catch((error) => error);
    console.log(JSON.stringify({ code, message, help }));
    clearInterval(awake);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(JSON.parse(stdout)).toEqual({
      code: 'INGOT_INTERRUPTED',
      message: `stopped by ${signal}`,
      help: expect.stringContaining('run again'),
    });
  },
);

it('ends at once when asked twice', async () => {
  const program = `
    const { interruptible } = await import(${source});
    setInterval(() => {}, 1000);
    await interruptible((signal) => {
      signal.addEventListener('abort', () => process.kill(process.pid, 'SIGINT'));
      process.kill(process.pid, 'SIGINT');
      return new Promise(() => {});
    });`;
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  await expect(running).rejects.toMatchObject({ signal: 'SIGINT' });
});
