import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { codecs } from './codec.ts';
import { compress } from './compress.ts';
import { Pool } from './pool.ts';
import type { Algorithm } from './codec.ts';

const execute = promisify(execFile);
const algorithms = ['gzip', 'zstd'] as const;
const module = new URL('./compress.ts', import.meta.url).href;

/** Text that compresses, with a noise that is the same everywhere. */
function sample(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0, state = 1; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    bytes[i] = i % 7 < 4 ? 0x61 + (i % 7) : 0x61 + ((state >>> 16) % 16);
  }
  return bytes;
}

async function* inPieces(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): AsyncGenerator<Uint8Array> {
  for (let offset = 0, i = 0; offset < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

function judged(algorithm: Algorithm, compressed: Buffer): Buffer {
  const options = { input: compressed, maxBuffer: 2 ** 30, stdio: 'pipe' } as const;
  execFileSync(referee(algorithm), ['-t'], options);
  return execFileSync(referee(algorithm), ['-dc'], options);
}

describe.each(algorithms)('compress to %s', (algorithm) => {
  const { segmentSize } = codecs[algorithm];

  it.each([0, 1, segmentSize - 1, segmentSize, segmentSize + 1, 3 * segmentSize + 7])(
    'gives back %i bytes to the foreign program',
    async (size) => {
      const bytes = sample(size);
      const compressed = await buffer(compress(inPieces(bytes), { algorithm }));
      expect(judged(algorithm, compressed).equals(bytes)).toBe(true);
    },
  );

  it('gives the same bytes with any number of workers and any pieces', async () => {
    const bytes = sample((algorithm === 'gzip' ? 3 : 1) * segmentSize + 12345);
    const expected = await buffer(compress(inPieces(bytes), { algorithm, workers: 0, level: 1 }));
    const pieces = fc.array(fc.integer({ min: 1000, max: 2 * segmentSize }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4 }), pieces, async (workers, sizes) => {
        const given = await buffer(compress(inPieces(bytes, sizes), { algorithm, workers, level: 1 }));
        expect(given.equals(expected)).toBe(true);
      }),
      { seed: 7, numRuns: 12 },
    );
  });

  it('keeps the order of several streams at once', async () => {
    const streams = [1, 2, 3].map((n) => sample((n * segmentSize) / 2 + n));
    const given = await Promise.all(streams.map((one) => buffer(compress(inPieces(one), { algorithm, level: 1 }))));
    given.forEach((one, index) => expect(judged(algorithm, one).equals(streams[index] as Buffer)).toBe(true));
  });

  it('refuses a level that there is not', () => {
    for (const level of [0, 1.5, 99]) {
      const refused = expect.objectContaining({ code: 'INGOT_COMPRESSION_LEVEL' });
      expect(() => compress(inPieces(sample(1)), { algorithm, level })).toThrow(refused);
    }
  });

  it('throws what the source throws, after no matter how many segments', async () => {
    const error = new Error('the disk is gone');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield sample(2 * segmentSize);
      throw error;
    }
    await expect(buffer(compress(failing(), { algorithm }))).rejects.toBe(error);
  });

  it('leaves no unhandled rejection where a thread fails that nobody waits for any more', async () => {
    // No spy: it would itself look at the rejection.
    const run = Object.getOwnPropertyDescriptor(Pool.prototype, 'run') as PropertyDescriptor;
    Pool.prototype.run = () => Promise.reject(new Error('the thread'));
    const error = new Error('the source');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield sample(segmentSize + 1);
      yield sample(segmentSize);
      throw error;
    }
    await expect(buffer(compress(failing(), { algorithm, workers: 4 }))).rejects.toBe(error);
    // Node looks for unhandled rejections when the microtasks are done.
    await new Promise(setImmediate);
    Object.defineProperty(Pool.prototype, 'run', run);
  });

  it('reads no further ahead than two segments a worker, and closes the source when the reader stops', async () => {
    let read = 0;
    let closed = false;
    const segment = sample(segmentSize);
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (; ; read++) yield segment;
      } finally {
        closed = true;
      }
    }
    for await (const part of compress(endless(), { algorithm, workers: 2, level: 1 })) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(read).toBeLessThanOrEqual(6);
    expect(closed).toBe(true);
  });
});

it('passes everything on as it is where nothing is to be compressed', async () => {
  const bytes = sample(1000);
  expect((await buffer(compress(inPieces(bytes), { algorithm: 'none' }))).equals(bytes)).toBe(true);
});

it('writes neither time nor system into any gzip member (RFC 1952 §2.3)', async () => {
  const compressed = await buffer(compress(inPieces(sample(2 * 1024 * 1024 + 1)), { algorithm: 'gzip' }));
  const header = compressed.subarray(0, 10);
  // ID1 ID2 CM FLG MTIME(4) XFL OS: no flags, no time, OS 255 = unknown.
  expect([...header]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  let members = 0;
  for (let at = compressed.indexOf(header); at >= 0; at = compressed.indexOf(header, at + 1)) members++;
  expect(members).toBe(3);
});

/**
 * If these change, every layer's digest changes for every user: a new version of a library, or of Node, makes other
 * bytes. That is a major version of Ingot, never an accident.
 */
it('gives bytes that never change', async () => {
  const digests: Record<string, string> = {};
  const cases = [
    ['gzip', 1, 1_500_000],
    ['gzip', undefined, 1_500_000],
    ['gzip', 9, 1_500_000],
    ['zstd', undefined, 5_000_000],
    ['zstd', 9, 500_000],
  ] as const;
  for (const [algorithm, level, size] of cases) {
    const compressed = await buffer(compress(inPieces(sample(size)), { algorithm, level }));
    digests[`${algorithm} ${level ?? 'default'}`] = createHash('sha256').update(compressed).digest('hex');
  }
  expect(digests).toEqual({
    'gzip 1': '1b650d72aa79b5ef56dceda6d2cfa2e8d080e4988c0bd72ac19cd4bf87c168e7',
    'gzip default': '49093bf6c85cc846d279a7c396b075abeaf45a35235f1bb680cbc8667195a46c',
    'gzip 9': '96ac2017d96a7b905b8fa332330746324116d4e1b9ffa20fc82120ec0839b6db',
    'zstd default': 'e81e8fd67e5d5c246a1fd11fb137f9cb901dc45d44ae49cc9a4785bc210c881c',
    'zstd 9': 'c16b61f762af5d6cc93febfb7737aa2c5fe7e92b86958691e243396d8a806ec3',
  });
});

describe('the process', () => {
  /** Runs a program of its own, which must end by itself. */
  async function program(text: string): Promise<unknown> {
    const source = `
      import { compress } from ${JSON.stringify(module)};
      import { Pool, sharedPool } from ${JSON.stringify(new URL('./pool.ts', import.meta.url).href)};
      const size = async (bytes) => {
        let size = 0;
        for await (const part of compress([bytes], { algorithm: 'gzip', workers: 2 })) size += part.length;
        return size;
      };
      ${text}`;
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', source]);
    return JSON.parse(stdout);
  }

  it('is not held by idle workers, and small inputs start none', async () => {
    const answer = await program(`
      await size(Buffer.alloc(1000));
      const small = sharedPool().size;
      await size(Buffer.alloc(20_000_000));
      console.log(JSON.stringify({ small, large: sharedPool().size }));`);
    expect(answer).toEqual({ small: 0, large: 2 });
  });

  it('is not held by a thread that is kept for long', async () => {
    const answer = await program(`
      const pool = new Pool({ idleTime: 2 ** 30 });
      await pool.run({ algorithm: 'gzip', level: 1, bytes: new Uint8Array(9) }, 1);
      console.log(pool.size);`);
    expect(answer).toBe(1);
  });

  it('is held while bytes are awaited', async () => {
    const answer = await program(`
      setImmediate(() => {});
      console.log(JSON.stringify((await size(Buffer.alloc(5_000_000))) > 0));`);
    expect(answer).toBe(true);
  });

  it('keeps its own handlers of uncaught errors', async () => {
    const answer = await program(`
      const count = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
      const before = count();
      await size(Buffer.alloc(1000));
      console.log(JSON.stringify({ before, after: count() }));`);
    expect(answer).toEqual({ before: [0, 0], after: [0, 0] });
  });
});
