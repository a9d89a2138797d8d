import { copy, exportDockerArchive, exportOciArchive, Graph, readBlob } from '@ingot/content';
import { addToLayout } from './add-to-layout.ts';
import { CliError } from './error.ts';
import { Tally } from './tally.ts';
import type { Descriptor, Fetcher } from '@ingot/content';
import type { Repository } from '@ingot/registry';
import type { Reference } from '@ingot/registry/reference';
import type { Destination } from './destination.ts';

export interface DeliverOptions {
  /** Is told how many bytes there will be, before the first of them. */
  readonly onTotal: (bytes: number) => void;
  /** So many more are where they shall be. */
  readonly onBytes: (bytes: number) => void;
}

type FileDestination = Exclude<Destination, { readonly transport: 'docker' }>;

/** Pushes an image: what the registry lacks, children before parents, the tag last. Throws what copy and the registry throw. */
export async function deliverToRegistry(
  root: Descriptor,
  fetcher: Fetcher,
  repository: Repository,
  mountFrom: readonly string[],
  { onTotal, onBytes }: DeliverOptions,
): Promise<Tally> {
  const { tag, digest } = repository.reference;
  checkDigest(repository.reference, root);
  await repository.expectPush();
  const tally = new Tally();
  if (await repository.exists(root)) tally.add(root, 'present');
  else {
    onTotal(await sizeOf(root, fetcher));
    await copy(root, fetcher, repository, {
      onBytes,
      mountFrom: () => mountFrom,
      onReceived: (descriptor, how) => {
        tally.add(descriptor, how);
        if (how !== 'sent') onBytes(descriptor.size);
      },
    });
  }
  if (tag !== undefined) await repository.tag(root, await readBlob(fetcher, root), tag);
  else if (digest === undefined) throw new TypeError('a reference has a tag or a digest');
  return tally;
}

/** Writes an image to a file or folder, `path` absolute. Throws what the exports of content throw. */
export async function deliverToFile(
  root: Descriptor,
  fetcher: Fetcher,
  { transport, reference }: FileDestination,
  path: string,
  { onTotal, onBytes }: DeliverOptions,
): Promise<void> {
  onTotal(await sizeOf(root, fetcher));
  const options = { onBytes, ...(reference === undefined ? {} : { reference }) };
  if (transport === 'oci') return addToLayout(root, fetcher, path, options);
  if (transport === 'oci-archive') return exportOciArchive(root, fetcher, path, options);
  return exportDockerArchive(root, fetcher, path, options);
}

/** Of all that an image names, each once. */
export async function sizeOf(root: Descriptor, fetcher: Fetcher): Promise<number> {
  return (await Graph.read(root, fetcher)).sorted().reduce((sum, { size }) => sum + size, 0);
}

function checkDigest({ digest }: Reference, root: Descriptor): void {
  if (digest === undefined || digest === root.digest) return;
  throw new CliError(
    'INGOT_COPY_DIGEST',
    `the destination is named by the digest ${digest}, and the source has ${root.digest}`,
    'Leave the digest of the destination out, or name the source by that digest; --platform gives an image of its own.',
  );
}
