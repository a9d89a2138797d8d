import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { filesUnder, readText } from '../../../../tools/repository.ts';

/** What is called where a rule is broken, and rules that are named whole. */
const named = [
  /\b(?:findings\.(?:error|warning|note)|findings\[level\]|error|warn)\(\s*'([a-z0-9-]+)'/g,
  /\battempt\(findings,\s*'([a-z0-9-]+)'/g,
  /'(?:disk|ironic)\/([a-z0-9-]+)'/g,
];

/** Of errors of the check for Ironic, whose codes become rules. */
const ofCodes = ['disk', 'partition', 'qcow2'];

it('has every rule in docs/verify-rules.md, and no other', async () => {
  const files = ['packages/os-image/src/verify', 'packages/os-image/src/format'].flatMap(filesUnder);
  const sources = files.filter((path) => /verify/.test(path) && !/\/test\/|\.test\.ts$/.test(path)).map(readText);
  const rules = sources.flatMap((text) => named.flatMap((name) => [...text.matchAll(name)].map((found) => found[1]!)));
  const page = await readFile(new URL('../../../../docs/verify-rules.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `[a-z-]+\/([a-z0-9-]+)` +\| (?:error|warning) +\| \S.*\|$/gm)];
  expect([...new Set(rows.map((row) => row[1]!))].sort()).toEqual([...new Set([...rules, ...ofCodes])].sort());
});
