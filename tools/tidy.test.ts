import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, readText, root } from './repository.ts';

/** Folders of one person's machine. They are written in parts here, so that this file does not find itself. */
const ofOneMachine = new RegExp(`(?<![\\w.~-])/(${['work', 'root'].join('|')})/`);

const isText = (bytes: Buffer) => !bytes.subarray(0, 8192).includes(0);

describe('the repository', () => {
  it('names no folder of one machine', () => {
    const paths = filesUnder('').filter((path) => path !== 'tools/tidy.test.ts' && path !== 'package-lock.json');
    const named = paths.flatMap((path) => {
      const bytes = readFileSync(join(root, path));
      if (!isText(bytes)) return [];
      const lines = bytes.toString().split('\n');
      return lines.flatMap((line, index) => (ofOneMachine.test(line) ? [`${path}:${index + 1}  ${line.trim()}`] : []));
    });
    expect(named).toEqual([]);
  });

  it('would notice one', () => {
    for (const path of ['/work/x', 'cd "/root/y"']) expect(path).toMatch(ofOneMachine);
    for (const path of ['a/work/x', '~/root/y', '/working']) expect(path).not.toMatch(ofOneMachine);
  });

  it('locks its dependencies to the public npm registry', () => {
    const resolved = readText('package-lock.json').match(/"resolved": "https?:[^"]*"/g) ?? [];
    expect(resolved.filter((line) => !line.includes('"https://registry.npmjs.org/'))).toEqual([]);
    expect(filesUnder('').filter((path) => path.endsWith('.npmrc'))).toEqual([]);
  });
});
