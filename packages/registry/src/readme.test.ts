import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { DockerRegistry } from '../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../tools/registry/temporary-folder.ts';

const at = testFolder();

it('the example of the README runs, and makes what it says', async () => {
  await using registry = await DockerRegistry.start();
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const places = {
    '@ingot/registry': new URL('index.ts', import.meta.url).href,
    '@ingot/content': pathToFileURL(createRequire(import.meta.url).resolve('@ingot/content')).href,
  };
  let text = example.replaceAll('localhost:5000', registry.host);
  for (const [name, place] of Object.entries(places)) text = text.replace(`'${name}'`, JSON.stringify(place));
  writeFileSync(at('example.ts'), text);
  const env = { ...process.env, HOME: at('home'), INGOT_STORE: at('store') };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [at('example.ts')], { cwd: at(), env });
  expect(stderr).toBe('');
  const digest = /^1\.0 (sha256:[0-9a-f]{64})\n$/.exec(stdout)?.[1] ?? '';
  const inspected = await skopeo([
    'inspect',
    '--no-tags',
    '--tls-verify=false',
    `docker://${registry.host}/copied@${digest}`,
  ]);
  expect((JSON.parse(inspected) as { Layers: string[] }).Layers).toHaveLength(1);
});
