import { resolve } from 'node:path';
import { openIso } from '@ingot/iso9660';
import { listSolution, printable } from '@ingot/solution';
import type { SolutionListing } from '@ingot/solution';
import { formatBytes } from '@ingot/workspace';
import { isoArgument, refuseMore } from '../arguments.ts';
import type { Verb } from '../verb.ts';

export const list: Verb = {
  name: 'list',
  synopsis: '<x.iso> [--json]',
  summary: "Tells a Solution's name, version and images, and lists its files.",
  options: { json: { type: 'boolean', help: 'the same as JSON, sizes in bytes' } },
  examples: ['ingot list hello-solution-0.1.0.iso', "ingot list hello-solution-0.1.0.iso --json | jq '.images[].name'"],

  async run(args, terminal) {
    const [iso, ...more] = isoArgument(this, args);
    refuseMore(this, more);
    const image = await openIso(resolve(terminal.cwd(), iso));
    try {
      const listing = await listSolution(image);
      const text = args.values['json'] === true ? JSON.stringify(listing, undefined, 2) : printable(asText(listing));
      terminal.stdout.write(`${text}\n`);
    } finally {
      await image.close();
    }
    return 0;
  },
};

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
