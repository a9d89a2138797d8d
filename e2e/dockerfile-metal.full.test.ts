import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { exampleWorkspace } from './example-workspace.ts';

const example = 'examples/dockerfile-metal';
const minutes = 60_000;
/** Buildah in a container that restricts more than usual. */
const restricted = { BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' };

let workspace: NxWorkspace;
beforeAll(async () => {
  referee('buildah');
  referee('docker-registry');
  workspace = await exampleWorkspace(['oci', 'os-image'], 'dockerfile-metal', 'local-registry');
});
afterAll(() => workspace?.remove());

async function nx(...args: string[]): Promise<string> {
  const { code, all } = await workspace.nx([...args, '--outputStyle=static'], restricted);
  expect(code, all).toBe(0);
  return all;
}

describe('examples/dockerfile-metal', () => {
  it(
    'locks what its Dockerfile installs, on a base of a registry of its own',
    async () => {
      expect(await nx('run', 'dockerfile-metal:lock')).toMatch(/packages\.lock: \d+ packages, \d+ added/);
    },
    20 * minutes,
  );

  it(
    'is what metal-stack, onmetal and Ironic take',
    async () => {
      const said = await nx('run', 'dockerfile-metal:verify');
      for (const format of ['metal-stack', 'onmetal', 'ironic', 'disk']) expect(said).toContain(`${format}: accepted`);
    },
    25 * minutes,
  );

  it(
    'boots by metal-stack’s path',
    async () => {
      await nx('run', 'dockerfile-metal:boot', '--way=metal-stack');
      const { reports } = await workspace.json<{ reports: readonly { passed: boolean }[] }>(
        `${example}/dist/boot.json`,
      );
      expect(reports).toMatchObject([{ way: 'metal-stack', passed: true }]);
    },
    20 * minutes,
  );
});
