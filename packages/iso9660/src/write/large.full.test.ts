import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import type { IsoInput } from '../plan/input.ts';
import { planIso } from '../plan/plan-iso.ts';
import { isoinfoEntries } from './test/referees.ts';
import { sampleOptions, temporaryFolder, textFile } from './test/sample.ts';
import { writeIso } from './write-iso.ts';

const gigabyte = 2 ** 30;

describe('a file of 5 GiB', () => {
  /** Sparse, with something to find at its beginning, at the seam of the sections, and at its end. */
  function sparseFile(path: string, size: number): void {
    const file = openSync(path, 'w');
    ftruncateSync(file, size);
    for (const at of [0, 2 ** 32 - 2048 - 3, 2 ** 32 - 3, size - 6]) writeSync(file, `@${at}`.slice(0, 6), at);
    closeSync(file);
  }

  function digestOfOutput(program: string, args: readonly string[]): Promise<string> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const digest = createHash('sha256');
    child.stdout.on('data', (chunk: Buffer) => digest.update(chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 ? resolve(digest.digest('hex')) : reject(new Error(`${program}: ${code}`)),
      );
    });
  }

  it('comes out of xorriso and bsdtar as it went in', { timeout: 900_000 }, async () => {
    const folder = temporaryFolder();
    const size = 5 * gigabyte + 4321;
    const path = join(folder, 'large');
    const target = join(folder, 'x.iso');
    sparseFile(path, size);
    const digest = await digestOfOutput('cat', [path]);
    const large: IsoInput = { path: 'large', type: 'file', size, content: { path }, digest: `sha256:${digest}` };
    const plan = planIso([textFile('before'), large, textFile('z')], sampleOptions);
    await writeIso(plan, target, { sync: false });
    expect(await digestOfOutput(referee('bsdtar'), ['-xOf', target, 'large'])).toBe(digest);
    const out = join(folder, 'out');
    execFileSync(referee('xorriso'), ['-osirrox', 'on', '-indev', target, '-extract', '/large', out], {
      stdio: 'ignore',
    });
    expect(statSync(out).size).toBe(size);
    expect(await digestOfOutput('cat', [out])).toBe(digest);
    rmSync(out);
    const text = execFileSync(referee('bsdtar'), ['-xOf', target, 'z'], { encoding: 'utf8' });
    expect(text).toBe('content of z');
  });
});

describe('100,000 files', () => {
  it('are there in every view, from a process of less than 200 MB', { timeout: 600_000 }, async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'x.iso');
    const contents = `
      import { readFileSync } from 'node:fs';
      import { planIso, writeIso } from './index.ts';
      function* inputs() {
        for (let i = 0; i < 100_000; i++) {
          const bytes = Buffer.from('content of ' + i);
          yield { path: 'd' + (i % 100) + '/file-number-' + i + '.txt', type: 'file', size: bytes.length, content: { bytes } };
        }
      }
      await writeIso(planIso(inputs(), { volumeId: 'X', time: 0 }), ${JSON.stringify(target)}, { sync: false });
      // Not maxRSS, which begins with what the process that started this one had.
      const status = readFileSync('/proc/self/status', 'utf8');
      console.log(Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(status)[1]) / 1024);`;
    // The old generation is bounded as well: how far it grows beyond what is alive depends on what else the machine does.
    // As it is published: stripping types takes 40 MB of its own. And with a young generation that is not left to grow
    // to 96 MB, as Node's default has it.
    const outfile = join(folder, 'program.mjs');
    const stdin = { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)) };
    await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm' });
    const args = ['--max-semi-space-size=8', '--max-old-space-size=100', outfile];
    const mebibytes = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    for (const view of ['primary', 'joliet'] as const) {
      const files = isoinfoEntries(target, view).filter((entry) => !entry.isDirectory);
      expect(files.length).toBe(100_000);
    }
    const out = join(folder, 'out');
    mkdirSync(out);
    execFileSync(referee('bsdtar'), ['-xf', target, '-C', out]);
    for (const i of [0, 1, 4711, 99_999]) {
      expect(readFileSync(join(out, `d${i % 100}/file-number-${i}.txt`), 'utf8')).toBe(`content of ${i}`);
    }
    expect(mebibytes).toBeLessThan(200);
  });
});
