import { formatBytes, formatDuration } from '@ingot/workspace';

import type { Plan } from '../plan/plan.ts';
import type { Packed } from './pack-solution.ts';

/** What a person wants to know of a finished pack: path, size, SHA-256, images with sizes, bytes saved by sharing, time. */
export function packSummary(plan: Plan, { file, result, written, replaced }: Packed, milliseconds: number): string {
  const width = Math.max(...plan.images.map((image) => names(image).length));
  return [
    written ? `packed ${file}` : `${file} is up to date`,
    `  size    ${formatBytes(result.size)} (${result.size} bytes)`,
    `  sha256  ${result.sha256}`,
    ...plan.images.map((image) => `  image   ${names(image).padEnd(width)}  ${formatBytes(image.size)}`),
    `  saved   ${formatBytes(bytesShared(plan))} by sharing equal files`,
    `  time    ${formatDuration(milliseconds)}`,
    ...replaced.map((digest) => `  warning ${digest} was damaged in the shared store; it was removed and had again`),
  ].join('\n');
}

function names({ name, tag, aliases }: Plan['images'][number]): string {
  return `${name}:${[tag, ...aliases].join(', ')}`;
}

/** How many bytes the files of a plan have beyond those of their different contents. */
export function bytesShared(plan: Pick<Plan, 'files'>): number {
  const seen = new Set<string>();
  return plan.files.reduce((saved, { digest, size }) => {
    if (seen.has(digest)) return saved + size;
    seen.add(digest);
    return saved;
  }, 0);
}
