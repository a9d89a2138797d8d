import { relative, resolve } from 'node:path';
import { extract as extractIso, openIso } from '@ingot/iso9660';
import type { ExtractOptions, IsoEntry, IsoImage } from '@ingot/iso9660';
import { didYouMean, formatBytes, printable, progress } from '@ingot/workspace';
import { firstArgument } from '../arguments.ts';
import { interruptible } from '../interruptible.ts';
import { jsonText } from '../json.ts';
import { CliError, UsageError } from '../error.ts';
import type { Terminal, Verb, VerbArguments } from '../verb.ts';

const linkChoices = ['refuse', 'skip', 'keep'] as const;
type LinkChoice = (typeof linkChoices)[number];

export const extract: Verb = {
  name: 'extract',
  synopsis: '<x.iso> [paths…] --to <folder>',
  summary: 'Writes the files of an ISO, or those below the named paths, into a folder; never outside of it.',
  options: {
    to: { type: 'string', value: 'folder', help: 'where to; it must not be there yet, or be empty, without --replace' },
    replace: { type: 'boolean', help: 'overwrite files of the same name in a folder that is there; all others stay' },
    'outside-links': {
      type: 'string',
      value: linkChoices.join('|'),
      help: 'links that lead out of the folder; default: refuse',
    },
    json: { type: 'boolean', help: 'what was written, as JSON' },
  },
  examples: [
    'ingot extract hello-solution-0.1.0.iso --to folder',
    'ingot extract hello-solution-0.1.0.iso manifest.yaml operator --to folder',
  ],

  async run(args, terminal) {
    const [iso, ...paths] = firstArgument(this, args, 'an ISO');
    const { to } = args.values;
    if (typeof to !== 'string' || to === '')
      throw new UsageError('say where to: --to <folder>', `Usage: ingot ${this.name} ${this.synopsis}`);
    const outsideLinks = linkChoice(args);
    const image = await openIso(resolve(terminal.cwd(), iso));
    try {
      const filter = await below(image, paths);
      const target = resolve(terminal.cwd(), to);
      const options = { ...filter, outsideLinks, replace: args.values['replace'] === true };
      const done = await withProgress(terminal, image, iso, (more) =>
        extractIso(image, target, { ...options, ...more }),
      );
      for (const path of done.skipped) terminal.stderr.write(`left out: ${printable(path)}\n`);
      const shown = relative(terminal.cwd(), target) || '.';
      const summary = `${shown}: ${done.files} files, ${done.folders} folders, ${done.links} links, ${formatBytes(done.bytes)}`;
      terminal.stdout.write(`${args.values['json'] === true ? jsonText({ to, ...done }) : printable(summary)}\n`);
    } finally {
      await image.close();
    }
    return 0;
  },
};

function linkChoice({ values }: VerbArguments): LinkChoice {
  const choice = values['outside-links'] ?? 'refuse';
  const known = linkChoices.find((one) => one === choice);
  if (known !== undefined) return known;
  throw new UsageError(
    `--outside-links takes ${linkChoices.join(', ')}, not "${String(choice)}"${didYouMean(String(choice), linkChoices)}`,
    'refuse stops, skip leaves them out, keep makes them.',
  );
}

/** Keeps what is named and what lies below it. Throws where nothing is there by a name. */
async function below(image: IsoImage, paths: readonly string[]): Promise<Pick<ExtractOptions, 'filter'>> {
  if (paths.length === 0) return {};
  const wanted = paths.map((path) => path.replace(/^(\.?\/)+/, '').replace(/\/+$/, ''));
  const all = await Array.fromAsync(image.list(), ({ path }) => path);
  const known = new Set(all);
  const missing = wanted.find((path) => !known.has(path));
  if (missing !== undefined) {
    throw new CliError(
      'INGOT_EXTRACT_PATH',
      `the ISO has no "${missing}"${didYouMean(missing, all)}`,
      'ingot list shows what it has.',
    );
  }
  return { filter: ({ path }: IsoEntry) => wanted.some((one) => path === one || path.startsWith(`${one}/`)) };
}

async function withProgress<T>(
  { stderr }: Terminal,
  image: IsoImage,
  iso: string,
  work: (options: Pick<ExtractOptions, 'onBytes' | 'signal'>) => Promise<T>,
): Promise<T> {
  const bar = progress({ label: `extracting ${printable(iso)}`, total: image.size, stream: stderr });
  try {
    return await interruptible((signal) => work({ signal, onBytes: (bytes) => bar.add(bytes) }));
  } finally {
    bar.finish();
  }
}
