import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestOfFile } from './digest-of-file.ts';
import { testFolder } from './test/folder.ts';

const at = testFolder();

describe('digestOfFile', () => {
  it.each([0, 1, 1024 * 1024, 2_500_000])('is what sha256sum says, for %i bytes', async (size) => {
    writeFileSync(
      at('file'),
      Uint8Array.from({ length: size }, (_, index) => index % 251),
    );
    const [hex] = execFileSync('sha256sum', [at('file')])
      .toString()
      .split(' ');
    expect(await digestOfFile(at('file'))).toBe(`sha256:${hex}`);
  });

  it('says what it cannot read, and does not wait for a pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    for (const path of [at('gone'), at(), at('pipe')]) {
      await expect(digestOfFile(path)).rejects.toMatchObject({ code: 'INGOT_FILE', path });
    }
  });
});
