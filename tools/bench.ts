/**
 * `npm run bench [-- name…]`: runs the benches whose file or name contains one of the words (all without), one after
 * the other, and prints what they measured. `--write` puts the tables into docs/performance.md.
 * The exit code says whether every bench ran and every bound was met.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { format } from 'prettier';
import { machine } from './bench/machine.ts';
import { isMet, table, type Row } from './bench/row.ts';
import { filesUnder, readText, root } from './repository.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = [...filesUnder('packages'), ...filesUnder('tools')]
  .filter((path) => path.endsWith('.bench.ts'))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)));

const sections: string[] = [];
let bad = files.length === 0;
for (const file of files) {
  try {
    const { name, rows } = await runInProcess(file);
    bad ||= rows.some((row) => isMet(row) === false);
    sections.push(`### ${name}\n\n${table(rows)}`);
    console.log(`${sections.at(-1)}\n`);
  } catch (error) {
    bad = true;
    console.error(`${basename(file)} failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
console.log(machine());
if (process.argv.includes('--write')) await write(sections);
process.exitCode = bad ? 1 : 0;

async function runInProcess(file: string): Promise<{ name: string; rows: Row[] }> {
  const child = fork(join(root, 'tools/bench/one.ts'), [join(root, file)], {
    execArgv: ['--conditions=ingot-source', '--expose-gc'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  let answer: { name: string; rows: Row[] } | undefined;
  child.on('message', (message) => (answer = message as typeof answer));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 || answer === undefined) throw new Error(`it ended with ${code ?? 'a signal'}`);
  return answer;
}

/** Replaces what lies between the two markers of the page. */
async function write(tables: readonly string[]): Promise<void> {
  const page = 'docs/performance.md';
  const date = new Date().toISOString().slice(0, 10);
  const body = [`Measured on ${date}: ${machine()}.`, ...tables].join('\n\n');
  const text = readText(page).replace(
    /(<!-- bench -->)[\s\S]*(<!-- \/bench -->)/,
    (_, from, to) => `${from}\n\n${body}\n\n${to}`,
  );
  await writeFile(join(root, page), await format(text, { parser: 'markdown' }));
}
