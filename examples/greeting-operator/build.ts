/**
 * Leaves the operator as one program at dist/greeting-solution-operator: the command that MetalK8s starts is called
 * `<solution>-operator`. It runs on Debian's Node 18. The same sources give the same bytes.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const outfile = join(import.meta.dirname, 'dist/greeting-solution-operator');

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'cjs',
  banner: { js: '#!/usr/bin/node' },
  // Where the modules truly lie is nobody's business: paths are in the bundle's comments.
  preserveSymlinks: true,
  tsconfigRaw: {},
  logLevel: 'warning',
});
await chmod(outfile, 0o755);
