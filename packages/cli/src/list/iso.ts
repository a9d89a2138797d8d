import { resolve } from 'node:path';
import { openIso } from '@ingot/iso9660';
import { listSolution } from '@ingot/solution';
import { formatBytes, printable } from '@ingot/workspace';
import { jsonText } from '../json.ts';
import type { SolutionListing } from '@ingot/solution';
import type { Terminal, VerbValues } from '../verb.ts';

/** Lists a Solution's images and files. Throws what openIso and listSolution throw. */
export async function listIso(iso: string, values: VerbValues, terminal: Terminal): Promise<void> {
  const image = await openIso(resolve(terminal.cwd(), iso));
  try {
    const listing = await listSolution(image);
    const text = values['json'] === true ? jsonText(listing) : printable(asText(listing));
    terminal.stdout.write(`${text}\n`);
  } finally {
    await image.close();
  }
}

function asText({ name, version, displayName, volumeId, size, images, files }: SolutionListing): string {
  const title = name === null ? 'no Solution' : `${name} ${version ?? '(no version)'}`;
  return [
    `${title}${displayName === null ? '' : ` (${displayName})`}, volume ID "${volumeId}", ${formatBytes(size)}`,
    '',
    ...images.map(
      (image) => `${image.name}:${image.tag}  ${image.digest ?? 'no manifest'}  ${formatBytes(image.size)}`,
    ),
    ...(images.length === 0 ? [] : ['']),
    ...files.map(({ path, type, size: bytes, mode, target }) => {
      const end = type === 'directory' ? '/' : target === undefined ? '' : ` -> ${target}`;
      return `${mode ?? '   -'} ${String(type === 'file' ? bytes : '-').padStart(12)}  ${path}${end}`;
    }),
  ].join('\n');
}
