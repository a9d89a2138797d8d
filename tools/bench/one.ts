/** Runs one bench in a process of its own, so that none inherits the memory or the warm code of another. */
import { pathToFileURL } from 'node:url';
import type { Bench } from './row.ts';

try {
  const bench = (await import(pathToFileURL(process.argv[2] ?? '').href)) as Bench;
  process.send?.({ name: bench.name, rows: await bench.run() });
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
process.disconnect?.();
