import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestOf, packageNames } from '../tools/repository.ts';
import { packedWorkspace } from './packed-workspace.ts';

const { at, isoFiles, nx, run, tarball } = packedWorkspace();

describe('the packed packages in a new workspace', () => {
  beforeAll(async () => {
    await nx('add', `@ingot/solution@${tarball('@ingot/solution')}`);
    const others = ['@ingot/cli', '@ingot/os-image', '@ingot/bundle'].map(tarball);
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '-D', ...others]);
    await nx('g', '@ingot/solution:solution', 'my-solution');
    await nx('run', 'my-solution:pack');
  });

  it('make an image that builds as it stands', async () => {
    await nx('g', '@ingot/oci:image', 'my-image');
    await nx('run', 'my-image:image');
  });

  it('turn an ISO back into a project', async () => {
    const [iso = ''] = isoFiles();
    await nx('g', '@ingot/solution:import', iso, '--name=imported');
    await nx('run', 'imported:plan');
  });

  it('have types that a strict user can compile against', async () => {
    const exported = packageNames().flatMap((name) => {
      const { exports = {} } = manifestOf(`packages/${name}`);
      const typed = Object.entries(exports).filter(([, target]) => typeof target === 'object');
      return typed.map(([path]) => `@ingot/${name}${path.slice(1)}`);
    });
    const lines = exported.map((specifier, index) => `export * as part${index} from '${specifier}';`);
    await writeFile(at('user.mts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const lib = ['--lib', 'es2023,esnext.iterator,esnext.disposable'];
    const tsc = at('node_modules/.bin/tsc');
    const messages = await run(tsc, [...options, ...lib, 'user.mts'], { reject: false });
    // Nx's own declarations do not compile strictly; ours do.
    expect(messages.split('\n').filter((line) => /^(user\.mts|node_modules\/@ingot\/)/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(packageNames().length);
  });
});
