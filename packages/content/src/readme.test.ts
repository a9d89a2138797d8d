import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testFolder } from './test/folder.ts';
import { skopeo } from './test/image.ts';

const at = testFolder();

it('the example of the README runs, and makes what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const index = new URL('index.ts', import.meta.url).href;
  writeFileSync(at('example.ts'), example.replace("'@ingot/content'", JSON.stringify(index)));
  expect(execFileSync(process.execPath, [at('example.ts')], { cwd: at(), encoding: 'utf8' })).toBe('');
  const facts = JSON.parse(skopeo('inspect', `docker-archive:${at('hello.tar')}:hello:1.0`)) as { Layers: string[] };
  expect(facts.Layers).toHaveLength(1);
  expect(skopeo('inspect', `oci:${at('image')}`)).toContain('sha256:');
});
