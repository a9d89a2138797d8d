import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program docker-credential-<name> that keeps what it gets in <folder>/<name>.json, and how it was called. */
export function fakeHelper(
  folder: string,
  name: string,
): { readonly kept: () => Record<string, unknown>; readonly calls: () => string[] } {
  const store = join(folder, `${name}.json`);
  const log = join(folder, `${name}.log`);
  program(
    folder,
    name,
    `const fs = require('node:fs');
const verb = process.argv[2], input = fs.readFileSync(0, 'utf8');
const all = fs.existsSync(${JSON.stringify(store)}) ? JSON.parse(fs.readFileSync(${JSON.stringify(store)}, 'utf8')) : {};
const key = verb === 'store' ? JSON.parse(input).ServerURL : input;
fs.appendFileSync(${JSON.stringify(log)}, verb + ' ' + key + '\\n');
if (verb === 'store') all[key] = JSON.parse(input);
else if (!(key in all)) { console.log('credentials not found in native keychain'); process.exit(1); }
else if (verb === 'erase') delete all[key];
else console.log(JSON.stringify(all[key]));
fs.writeFileSync(${JSON.stringify(store)}, JSON.stringify(all));
`,
  );
  return {
    kept: () => (existsSync(store) ? (JSON.parse(readFileSync(store, 'utf8')) as Record<string, unknown>) : {}),
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

/** A program docker-credential-<name> that does this. */
export function program(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!${process.execPath}\n${script}`);
  chmodSync(path, 0o755);
}
