import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A program in place of qemu, in a folder for PATH: `script` is sh, in which `$report` is the disk that a machine writes
 * its report to, `say` puts a line there, and `$0.pid` gets the number of its process.
 */
export async function fakeQemu(folder: string, script: string, name = 'qemu-system-x86_64'): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const path = join(bin, name);
  const text = `#!/bin/sh
echo $$ > "$0.pid"
for argument; do
  case $argument in if=none,*) report=\${argument##*file=} ;; esac
done
say() { printf '%s\\n' "$1" >> "$0.said"; cat "$0.said" 1<> "$report"; }
rm -f "$0.said"
${script}
`;
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

/** Whether the fake that was started last still runs. */
export function runs(path: string): boolean {
  try {
    const pid = readFileSync(`${path}.pid`, 'utf8').trim();
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
