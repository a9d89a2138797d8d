import { SolutionError } from '../error.ts';

/** INGOT_BLOB_MISSING: `source`, in the grammar of sources, does not have a blob that its image names. `size` in bytes. */
export function missingBlob(source: string, { digest, size }: { digest: string; size: number }): SolutionError {
  const project = source.startsWith('project:') ? source.slice('project:'.length) : undefined;
  return new SolutionError('INGOT_BLOB_MISSING', `${source} has no blob ${digest} of ${size} bytes`, {
    digest,
    help:
      project === undefined
        ? 'It was removed, cut short or never copied: copy the image again, and plan again.'
        : `Build the image again: nx run ${project}:image --skip-nx-cache (or what nx.json calls that target).`,
  });
}
