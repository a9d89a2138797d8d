import { basename, resolve } from 'node:path';
import { assembleArtifact, copy, FileBlobs, firstOf, MemoryStore, once, readBlob } from '@ingot/content';
import { formatReference } from '@ingot/registry/reference';
import { accessOptions, accessTo } from '../access.ts';
import { answer, jsonOption } from '../answer.ts';
import { checkArtifactType, checkMediaType } from '../artifact-type.ts';
import { CliError, UsageError } from '../error.ts';
import { moving } from '../moving.ts';
import { registryArgument } from '../registry-argument.ts';
import { stoppable } from '../stoppable.ts';
import { withRegistries } from '../with-registries.ts';
import type { Descriptor, Fetcher } from '@ingot/content';
import type { Repository } from '@ingot/registry';
import type { Verb, VerbValues } from '../verb.ts';

export const attach: Verb = {
  name: 'attach',
  synopsis: '<docker://ref> <file…> --type <artifact type> [--media-type <type>] [--json]',
  summary: 'Attaches files to an image of a registry, as an artifact whose subject it is.',
  options: {
    type: { type: 'string', value: 'type', help: 'what it is, e.g. application/spdx+json or build/log' },
    'media-type': { type: 'string', value: 'type', help: 'of each file; default: application/octet-stream' },
    json: jsonOption,
    ...accessOptions,
  },
  examples: ['ingot attach docker://registry.example/team/tool:1.0 sbom.json --type application/spdx+json'],

  async run({ values, positionals }, terminal) {
    const [text, ...names] = positionals;
    const reference = registryArgument(this, text);
    const usage = `Usage: ingot ${this.name} ${this.synopsis}`;
    if (names.length === 0) throw new UsageError('name a file', usage);
    const { artifactType, mediaType } = typesOf(values, usage);
    checkTitles(names);
    const paths = names.map((name) => resolve(terminal.cwd(), name));
    const { artifact, subject } = await withRegistries(terminal, async ({ repository, signal }) => {
      const remote = await repository(reference, accessTo(reference.registry, values, terminal));
      const files = await blobsOf(paths, mediaType);
      const subject = await remote.resolve();
      const memory = new MemoryStore();
      const artifact = await assembleArtifact({ artifactType, layers: files.layers, subject }, memory);
      const fetcher = stoppable(firstOf([memory, files.blobs]), signal);
      const total = files.layers.reduce((sum, { size }) => sum + size, 0);
      await moving(`attaching to ${text}`, terminal, async ({ onTotal, onBytes }) => {
        onTotal(total);
        await copy(artifact, fetcher, remote, { onBytes });
      });
      if (!(await beListed(remote, subject, artifact, fetcher))) {
        terminal.stderr.write(`warning: ${reference.registry} has it, but does not list it among what is attached\n`);
      }
      return { artifact, subject };
    });
    const { registry, repository } = reference;
    const name = formatReference({ registry, repository, digest: artifact.digest });
    answer(terminal, values, { reference: name, ...artifact, subject: subject.digest }, [name]);
    return 0;
  },
};

function typesOf({ type, 'media-type': written }: VerbValues, usage: string) {
  if (typeof type !== 'string') throw new UsageError('say what it is: --type', usage);
  const mediaType = typeof written === 'string' ? written : 'application/octet-stream';
  checkArtifactType(type);
  checkMediaType(mediaType);
  return { artifactType: type, mediaType };
}

/** The file's name becomes its title: who fetches the artifact writes it under that name. */
function checkTitles(names: readonly string[]): void {
  const titles = names.map((name) => basename(name));
  const twice = titles.find((title, index) => titles.indexOf(title) !== index);
  if (twice === undefined) return;
  throw new UsageError(
    `two files are called ${JSON.stringify(twice)}`,
    'Attach them one after the other, or rename one.',
  );
}

/** Throws ContentError INGOT_FILE for what is no file, CliError INGOT_ATTACH_EMPTY. */
async function blobsOf(paths: readonly string[], mediaType: string) {
  const blobs = new FileBlobs();
  const layers: Descriptor[] = [];
  for (const path of paths) {
    const layer = await blobs.add(path, mediaType);
    if (layer.size === 0) {
      throw new CliError('INGOT_ATTACH_EMPTY', `${path} is empty`, 'Did what makes it fail? Leave it out.');
    }
    layers.push(layer);
  }
  return { blobs, layers };
}

/** An earlier run that ended between the manifest and the list of referrers left it out of the list. */
async function beListed(remote: Repository, subject: Descriptor, artifact: Descriptor, from: Fetcher) {
  const isListed = async () =>
    (await remote.referrers(subject.digest)).some(({ digest }) => digest === artifact.digest);
  if (await isListed()) return true;
  await remote.push(artifact, once(await readBlob(from, artifact)));
  return isListed();
}
