import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

/** The machine that measured, in one line: without it a number of seconds says nothing. */
export function machine(): string {
  const [first] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${first?.model.trim() ?? 'CPU'}, ${memory} GiB, ${system()}, Node ${process.versions.node}`;
}

function system(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name !== undefined) return name;
  } catch {
    // Not a Linux with this file; the kernel's name must do.
  }
  return `${type()} ${release()}`;
}
