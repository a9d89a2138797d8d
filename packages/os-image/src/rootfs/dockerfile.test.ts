import type { DockerfileDescription } from '@ingot/oci';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOsImageFile } from '../description/read.ts';
import { dockerfileBuilder } from './dockerfile.ts';
import { Rig } from './test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig.remove());

async function secrets(): Promise<readonly string[]> {
  await rig.describe(
    'dockerfile: { secrets: [{ id: a, env: TOKEN }, { id: b, file: ../key }, { id: c, env: SHORT }] }',
  );
  const description = await readOsImageFile(rig.path('app/os-image.yaml'));
  const { dockerfile } = description.builder as { dockerfile: DockerfileDescription };
  const temporary = rig.path('tmp');
  return (await dockerfileBuilder(dockerfile, { description, temporary } as never)).secrets;
}

describe('a Dockerfile’s secrets', () => {
  it('are looked for in the root file system: wholes, and lines that tell', async () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkqhkiG9w0B', 'short', '-----END PRIVATE KEY-----'];
    await rig.write({ key: `${lines.join('\n')}\n` });
    rig.env({ TOKEN: 'horse-battery', SHORT: 'abc' });
    expect(await secrets()).toEqual(['horse-battery', lines.join('\n'), lines[1]]);
  });

  it('that are missing are errors before anything is built', async () => {
    rig.env({ TOKEN: undefined });
    await expect(secrets()).rejects.toMatchObject({ code: 'INGOT_DOCKERFILE_SECRET' });
  });
});
