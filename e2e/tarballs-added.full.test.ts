import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../tools/repository.ts';
import { packedWorkspace } from './packed-workspace.ts';

const { at, ingot, isoFiles, nx, run, tarball } = packedWorkspace();

describe('the packed packages in a new workspace', () => {
  it('are added by nx add, which registers the plugins', async () => {
    await nx('add', `@ingot/solution@${tarball('@ingot/solution')}`);
    const { plugins } = JSON.parse(await readFile(at('nx.json'), 'utf8')) as { plugins: unknown };
    expect(JSON.stringify(plugins)).toContain('@ingot/solution/plugin');
    expect(JSON.stringify(plugins)).toContain('@ingot/oci/plugin');
    expect(existsSync(at('node_modules/@ingot/content/src'))).toBe(false);
    expect(existsSync(at('node_modules/@ingot/content/dist/compress/worker.js'))).toBe(true);

    await nx('g', '@ingot/solution:init');
    expect(JSON.parse(await readFile(at('nx.json'), 'utf8'))).toHaveProperty('plugins', plugins);
  });

  it('make a Solution that packs and verifies as it stands', async () => {
    await nx('g', '@ingot/solution:solution', 'my-solution');
    await nx('run', 'my-solution:verify');
    expect(isoFiles()).toHaveLength(1);
  });

  it('make bundles of each format that verify as they stand', async () => {
    await nx('add', `@ingot/bundle@${tarball('@ingot/bundle')}`);
    for (const format of ['plain', 'registry', 'helm']) {
      await nx('g', '@ingot/bundle:bundle', `my-${format}`, '--format', format);
      expect(await nx('run', `my-${format}:verify`, '--all'), format).toMatch(/\d+ rules hold, 0 warnings, 0 errors/);
    }
  });

  it('bring the ingot command, which needs no workspace', async () => {
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '-D', tarball('@ingot/cli')]);
    const [iso = ''] = isoFiles();
    expect(await ingot('--version')).toBe(manifestOf('packages/cli').version);
    expect(await ingot('list', iso)).toContain('manifest.yaml');
    await ingot('verify', iso);
    expect(await ingot('verify', 'my-plain/dist/bundle')).toContain(' 0 errors');
    await writeFile(at('no-iso'), 'not an ISO');
    await expect(ingot('verify', 'no-iso')).rejects.toThrow(/INGOT_/);
  });
});
