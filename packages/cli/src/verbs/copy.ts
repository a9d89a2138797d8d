import { resolve } from 'node:path';
import { docker } from '@ingot/content';
import { printable } from '@ingot/workspace';
import { formatReference } from '@ingot/registry/reference';
import { accessTo, checkPlainHttp, sidedAccessOptions } from '../access.ts';
import { answer, jsonOption } from '../answer.ts';
import { twoArguments } from '../arguments.ts';
import { deliverToFile, deliverToRegistry } from '../deliver.ts';
import { parseDestination } from '../destination.ts';
import { manifestsOnce } from '../manifests-once.ts';
import { moving } from '../moving.ts';
import { imageSource, platformOption, rootOf } from '../open-image.ts';
import { stoppable } from '../stoppable.ts';
import { copyWithStore } from '../store/copy-with-store.ts';
import { storeOption, storePathOption } from '../store/store-path.ts';
import { withRegistries } from '../with-registries.ts';
import type { Descriptor, Fetcher } from '@ingot/content';
import type { DeliverOptions } from '../deliver.ts';
import type { Destination } from '../destination.ts';
import type { ImageSource } from '../open-image.ts';
import type { Tally } from '../tally.ts';
import type { Terminal, Verb, VerbValues } from '../verb.ts';
import type { Network } from '../with-registries.ts';

export const copy: Verb = {
  name: 'copy',
  synopsis: '<source> <destination> | --store-path <folder> <from> [<to>]  [--platform <os/arch>] [--json]',
  summary: 'Copies an image or artifact from anywhere to anywhere: registries, OCI layouts, archives, Docker.',
  options: {
    platform: { type: 'string', value: 'os/arch', help: 'one platform of an index; else all are copied' },
    json: jsonOption,
    'store-path': storePathOption,
    ...sidedAccessOptions,
  },
  examples: [
    'ingot copy docker://docker.io/library/alpine:3 oci:alpine:3',
    'ingot copy docker://docker.io/library/alpine:3 docker://registry.example/mirror/alpine:3',
    'ingot copy docker://registry.example/tool:1.0 docker-archive:tool.tar:tool:1.0 --platform linux/amd64',
    'ingot copy oci-archive:tool.tar docker://registry.example/tool:1.0',
    'ingot copy --store-path ./onmetal registry.example/team/os:1.0',
    'ingot copy --store-path ./onmetal docker://registry.example/team/os:1.0',
  ],

  async run(args, terminal) {
    const { values } = args;
    const store = storeOption(values, terminal);
    if (store !== undefined) {
      await copyWithStore(this, args, store, terminal);
      return 0;
    }
    const [from, to] = twoArguments(this, args, ['a source', 'a destination']);
    const source = imageSource(from, values, terminal, 'src');
    const destination = parseDestination(to);
    const platform = platformOption(values);
    const registries = [source.reference, 'path' in destination ? undefined : destination.reference];
    checkPlainHttp(
      registries.flatMap((reference) => reference?.registry ?? []),
      values,
    );
    const { root, tally } = await withRegistries(terminal, async (network) => {
      const opened = await source.open(network);
      const root = await rootOf(opened, platform);
      const fetcher = manifestsOnce(stoppable(opened.fetcher, network.signal));
      const tally = await moving(`copying ${from}`, terminal, (options) =>
        deliver(root, fetcher, { source, destination, values, terminal, network, options }),
      );
      return { root, tally };
    });
    const name = nameOf(destination);
    const { mediaType, digest, size } = root;
    const counted = tally === undefined ? {} : tally.counted();
    const line = [`${name}@${digest}`, ...(tally === undefined ? [] : [tally.toString()])].join('  ');
    answer(terminal, values, { destination: name, mediaType, digest, size, ...counted }, [line]);
    return 0;
  },
};

interface Delivery {
  readonly source: ImageSource;
  readonly destination: Destination;
  readonly values: VerbValues;
  readonly terminal: Terminal;
  readonly network: Network;
  readonly options: DeliverOptions;
}

/** Undefined for a file, where all is written anew. */
async function deliver(root: Descriptor, fetcher: Fetcher, delivery: Delivery): Promise<Tally | undefined> {
  const { source, destination, values, terminal, network, options } = delivery;
  if (destination.transport !== 'docker') {
    await deliverToFile(root, fetcher, destination, resolve(terminal.cwd(), destination.path), options);
    if (destination.transport !== 'docker-archive') warnOfDocker(root, destination.path, terminal);
    return undefined;
  }
  const { reference } = destination;
  const repository = await network.repository(reference, accessTo(reference.registry, values, terminal, 'dest'));
  const mountFrom = source.reference?.registry === reference.registry ? [source.reference.repository] : [];
  return deliverToRegistry(root, fetcher, repository, mountFrom, options);
}

/** An image keeps its bytes and digest wherever it goes. containers/image oci/layout looks for OCI's media types alone. */
function warnOfDocker({ mediaType }: Descriptor, path: string, { stderr }: Terminal): void {
  if (mediaType !== docker.manifest && mediaType !== docker.index) return;
  const text = `the image in ${path} is in Docker's own format: skopeo, podman and umoci do not find it in a layout`;
  stderr.write(`warning: ${printable(text)}\n`);
}

function nameOf(destination: Destination): string {
  if (destination.transport === 'docker') {
    const { registry, repository, tag } = destination.reference;
    return `docker://${formatReference({ registry, repository, ...(tag === undefined ? {} : { tag }) })}`;
  }
  const { transport, path, reference } = destination;
  return `${transport}:${path}${reference === undefined ? '' : `:${reference}`}`;
}
