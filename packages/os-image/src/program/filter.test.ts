import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { filter } from './filter.ts';

async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Zeros without end, counted. */
async function* endless(seen: { bytes: number; closed?: boolean }, size = 65536): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      seen.bytes += size;
      yield new Uint8Array(size);
    }
  } finally {
    seen.closed = true;
  }
}

const alive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a program between two streams', () => {
  it('gets all of one and gives all of the other', async () => {
    expect(await text(filter('tr', ['a-z', 'A-Z'], parts('one ', 'two')))).toBe('ONE TWO');
  });

  it('is passed arguments as they are, without a shell', async () => {
    expect(await text(filter('printf', ['%s', '$(id) `id`;'], parts()))).toBe('$(id) `id`;');
  });

  it('gets no options of compressors from outside', async () => {
    process.env['XZ_OPT'] = '--nonsense';
    process.env['LZ4_CLEVEL'] = '12';
    try {
      const names = await text(filter('env', [], parts()));
      expect(names).not.toMatch(/^(XZ_OPT|LZ4_CLEVEL)=/m);
      expect(names).toMatch(/^LC_ALL=C$/m);
      expect(names).toMatch(/^LZ4_NBWORKERS=1$/m);
    } finally {
      delete process.env['XZ_OPT'];
      delete process.env['LZ4_CLEVEL'];
    }
  });

  it('takes no more than the other side takes', async () => {
    const seen = { bytes: 0 };
    const stream = filter('cat', [], endless(seen));
    await stream.next();
    // However long nobody listens: pipes and streams hold a bounded number of bytes.
    for (let before = -1; before !== seen.bytes; await sleep(50)) before = seen.bytes;
    expect(seen.bytes).toBeLessThan(2 * 1024 * 1024);
    await stream.return();
    expect(seen).toMatchObject({ closed: true });
  });

  it('that fails is an error with its exit code and the end of what it said', async () => {
    const failing = filter('sh', ['-c', 'cat >/dev/null; echo begin >&2; echo broken: no >&2; exit 3'], parts('x'));
    await expect(text(failing)).rejects.toMatchObject({
      code: 'INGOT_TOOL_FAILED',
      message: 'sh ended with 3: begin\nbroken: no',
    });
  });

  it('says the end of a long complaint', async () => {
    const failing = filter('sh', ['-c', 'seq 1 20000 >&2; exit 1'], parts());
    const error = await text(failing).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(/19999\n20000$/);
    expect((error as Error).message.length).toBeLessThan(2100);
  });

  it('killed by somebody is an error', async () => {
    await expect(text(filter('sh', ['-c', 'kill -9 $$'], parts()))).rejects.toMatchObject({
      code: 'INGOT_TOOL_FAILED',
      message: 'sh ended by SIGKILL',
    });
  });

  it('that ends before it has read all is an error, though it says success', async () => {
    const seen = { bytes: 0 };
    await expect(text(filter('head', ['-c', '1'], endless(seen)))).rejects.toMatchObject({
      code: 'INGOT_TOOL_FAILED',
      message: 'head ended before it had read all of its input',
    });
    // Not even where the rest never comes.
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      await new Promise(() => {});
    }
    await expect(text(filter('true', [], stuck()))).rejects.toMatchObject({ code: 'INGOT_TOOL_FAILED' });
  });

  it('is missing by its name', async () => {
    await expect(text(filter('no-such-program-of-ingot', [], parts('x')))).rejects.toMatchObject({
      code: 'INGOT_TOOL_MISSING',
      message: expect.stringContaining('no-such-program-of-ingot'),
    });
  });

  it('passes on what its input throws, not that the program then failed as well', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('the disk has gone');
    }
    await expect(text(filter('cat', [], broken()))).rejects.toThrow('the disk has gone');
    await expect(text(filter('sh', ['-c', 'cat; exit 1'], broken()))).rejects.toThrow('the disk has gone');
  });

  it('ends with all that it started when it is stopped', async () => {
    const stop = new AbortController();
    const stream = filter('sh', ['-c', 'sleep 1000 & echo $!; wait'], parts(), { signal: stop.signal });
    const { value } = await stream.next();
    const pid = Number(String(Buffer.from(value as Uint8Array)));
    expect(alive(pid)).toBe(true);
    stop.abort(new Error('stopped by SIGINT'));
    await expect(stream.next()).rejects.toThrow('stopped by SIGINT');
    expect(alive(pid)).toBe(false);
    await expect(text(filter('cat', [], parts('x'), { signal: stop.signal }))).rejects.toThrow('stopped by SIGINT');
  });

  it('ends when nobody listens any more', async () => {
    const stream = filter('sh', ['-c', 'echo $$; sleep 1000'], parts());
    const { value } = await stream.next();
    const pid = Number(String(Buffer.from(value as Uint8Array)));
    await stream.return();
    expect(alive(pid)).toBe(false);
  });
});
