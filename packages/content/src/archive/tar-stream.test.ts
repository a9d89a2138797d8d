import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { walkStream } from './tar-stream.ts';

const at = testFolder();

function tar(): Buffer {
  mkdirSync(at('tree/deep'), { recursive: true });
  writeFileSync(at('tree/a'), 'content of a');
  writeFileSync(at(`tree/deep/${'long'.repeat(40)}`), Buffer.alloc(100_000, 'x'));
  const args = ['--sort=name', '-C', at('tree'), '-c', '.'];
  return execFileSync(referee('tar'), args, { maxBuffer: 1 << 26 });
}

async function* pieces(bytes: Buffer, size: number, ended: { yes?: boolean } = {}): AsyncGenerator<Uint8Array> {
  try {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
  } finally {
    ended.yes = true;
  }
}

describe('a tar that streams', () => {
  it.each([1 << 26, 65536, 512, 77])(
    'is walked in pieces of %i bytes, with what is asked for of contents',
    async (size) => {
      const seen: string[] = [];
      await walkStream('x.tar', pieces(tar(), size), async (member, reader) => {
        const start = await reader.read(member.offset, Math.min(member.size, 7));
        seen.push(`${member.type} ${member.path.slice(0, 12)} ${start.toString()}`);
      });
      expect(seen).toEqual(['directory ./ ', 'file ./a content', 'directory ./deep/ ', 'file ./deep/longl xxxxxxx']);
    },
  );

  it('is read to its end, also behind the zeros that end it', async () => {
    const ended = {};
    await walkStream('x.tar', pieces(Buffer.concat([tar(), Buffer.alloc(1 << 20)]), 65536, ended), () => {});
    expect(ended).toEqual({ yes: true });
  });

  it.each([700, 10_000])('that ends after %i bytes is an error', async (size) => {
    const walk = walkStream('x.tar', pieces(tar().subarray(0, size), 512), () => {});
    await expect(walk).rejects.toMatchObject({ code: 'INGOT_TAR' });
  });

  it('ends what makes it where the visitor throws', async () => {
    const ended = {};
    const walk = walkStream('x.tar', pieces(tar(), 512, ended), () => {
      throw new Error('enough');
    });
    await expect(walk).rejects.toThrow('enough');
    expect(ended).toEqual({ yes: true });
  });
});
