import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './write/test/sample.ts';

it('the example of README.md runs as it stands', () => {
  const packageFolder = fileURLToPath(new URL('..', import.meta.url));
  const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
  const example = /^```js\n(.*?)^```$/ms.exec(readme)?.[1] ?? '';
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@ingot'), { recursive: true });
  symlinkSync(packageFolder, join(folder, 'node_modules/@ingot/iso9660'));
  const args = ['--no-warnings', '--conditions=ingot-source', '--input-type=module', '-e', example];
  const printed = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(printed.trimEnd().split('\n')).toEqual(
    expect.arrayContaining([
      'file manifest.yaml',
      'file images/web/1.0/layer',
      'symlink images/web/latest',
      `${statSync(join(folder, 'hello.iso')).size} 64`,
    ]),
  );
});
