import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { decompress } from './decompress.ts';
import type { Algorithm } from './codec.ts';

const algorithms = ['gzip', 'zstd'] as const;
const text = Buffer.from('It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(500));

async function* inPieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

function packed(algorithm: Algorithm, bytes: Uint8Array, ...options: string[]): Buffer {
  return execFileSync(referee(algorithm), ['-c', ...options], { input: bytes, maxBuffer: 2 ** 30, stdio: 'pipe' });
}

function code(name: string): unknown {
  return expect.objectContaining({ code: name });
}

describe.each(algorithms)('decompress %s', (algorithm) => {
  it('reads what the foreign program writes, one after the other, in any pieces', async () => {
    const parts = [text, Buffer.alloc(0), text.subarray(0, 1), Buffer.alloc(300_000, 7)];
    const options = algorithm === 'zstd' ? ['--check'] : [];
    const input = Buffer.concat(parts.map((part, index) => packed(algorithm, part, `-${index + 1}`, ...options)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (size) => {
        const given = await buffer(decompress(inPieces(input, size), algorithm));
        expect(given.equals(Buffer.concat(parts))).toBe(true);
      }),
      { seed: 7, numRuns: 20 },
    );
  });

  it('takes a truncated input as an error, wherever it is cut', async () => {
    const one = packed(algorithm, text.subarray(0, 300));
    const input = Buffer.concat([one, one]);
    for (let length = 0; length < input.length; length++) {
      if (length === one.length) continue;
      const cut = buffer(decompress(inPieces(input.subarray(0, length)), algorithm));
      await expect(cut, `cut at ${length}`).rejects.toThrow(code('INGOT_DECOMPRESS'));
    }
  });

  it('takes what follows the data as an error', async () => {
    const input = Buffer.concat([packed(algorithm, text), Buffer.from('not compressed')]);
    await expect(buffer(decompress(inPieces(input, 100), algorithm))).rejects.toThrow(code('INGOT_DECOMPRESS'));
  });

  it('takes any other bytes as an error', async () => {
    const other = buffer(decompress(inPieces(text), algorithm));
    await expect(other).rejects.toThrow(code('INGOT_DECOMPRESS'));
  });

  it('stops at the limit, long before a bomb has gone off', async () => {
    const bomb = packed(algorithm, Buffer.alloc(50_000_000));
    let size = 0;
    const burst = (async () => {
      for await (const part of decompress(inPieces(bomb), algorithm, { limit: 1_000_000 })) size += part.length;
    })();
    await expect(burst).rejects.toThrow(code('INGOT_DECOMPRESS_LIMIT'));
    expect(size).toBeLessThanOrEqual(1_000_000);
    const exactly = decompress(inPieces(packed(algorithm, text)), algorithm, { limit: text.length });
    expect(await buffer(exactly)).toHaveLength(text.length);
  });

  it('throws what the source throws', async () => {
    const error = new Error('the line is cut');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed(algorithm, text).subarray(0, 20);
      throw error;
    }
    await expect(buffer(decompress(failing(), algorithm))).rejects.toBe(error);
  });

  it('closes the source when the reader stops', async () => {
    let closed = false;
    const input = packed(algorithm, Buffer.alloc(10_000_000));
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inPieces(input, 100);
      } finally {
        closed = true;
      }
    }
    for await (const part of decompress(source(), algorithm)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
  });
});

describe('zstd frames (RFC 8878)', () => {
  const frame = packed('zstd', text);

  it('leaves skippable frames out (§3.1.2)', async () => {
    const skippable = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
    const input = Buffer.concat([skippable, frame, empty, skippable, frame, empty]);
    for (const size of [1, 5, 4096]) {
      const given = await buffer(decompress(inPieces(input, size), 'zstd'));
      expect(given.equals(Buffer.concat([text, text]))).toBe(true);
    }
  });

  it('reads every form of header: streamed, of known size, with long windows', async () => {
    const forms = [['--no-check'], ['--check'], ['-12'], ['--long=27'], ['--no-content-size'], ['--fast=5']];
    for (const size of [0, 255, 256, 65_792, 300_000]) {
      const bytes = Buffer.alloc(size, 'abcdefghijkl');
      for (const form of forms) {
        const input = Buffer.concat([packed('zstd', bytes, ...form), packed('zstd', bytes, ...form)]);
        const given = await buffer(decompress(inPieces(input, 1000), 'zstd'));
        expect(given.equals(Buffer.concat([bytes, bytes])), `${size} ${form.join(' ')}`).toBe(true);
      }
    }
  });

  it('does no more than fail on mutated input', async () => {
    const input = Buffer.concat([frame, frame]);
    const mutation = fc.tuple(fc.nat(input.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const bytes = Buffer.from(input);
        for (const [at, value] of mutations) bytes[at] = value;
        await buffer(decompress(inPieces(bytes, 50), 'zstd', { limit: 10_000_000 })).catch((error: unknown) => {
          expect(error).toMatchObject({ code: expect.stringMatching(/^INGOT_DECOMPRESS/) });
        });
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
