import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BundleFormat, Consumer, VerifyTreeOptions } from '@ingot/bundle/verify';
import { didYouMean, type Finding } from '@ingot/workspace';
import { UsageError } from '../error.ts';
import { imageSource } from '../open-image.ts';
import type { Terminal, VerbValues } from '../verb.ts';
import { withRegistries } from '../with-registries.ts';

/**
 * The rules of rukpak, OLM and the API server, applied to a bundle or catalog: an image by the source grammar, a folder
 * with an OCI layout, or a bundle's own folder. Throws what opening it throws.
 */
export async function verifyBundle(text: string, values: VerbValues, terminal: Terminal): Promise<Finding[]> {
  const bundle = await import('@ingot/bundle/verify');
  const options = optionsOf(values, bundle.bundleFormats, bundle.consumers);
  const folder = resolve(terminal.cwd(), text);
  if (!isSource(text) && !(await isThere(join(folder, 'oci-layout')))) {
    return bundle.verifyTree(await bundle.treeOfFolder(folder), options);
  }
  const source = imageSource(isSource(text) ? text : `oci:${text}`, values, terminal);
  return withRegistries(terminal, async (network) => {
    const { root, fetcher } = await source.open(network);
    return bundle.verifyImage(fetcher, root, options);
  });
}

/** Does the text name an image by the source grammar, and no path? */
export function isSource(text: string): boolean {
  return /^(docker:\/\/|(oci|oci-archive|docker-archive|docker-daemon|dir):)/.test(text);
}

function optionsOf(
  { format, consumer }: VerbValues,
  formats: readonly BundleFormat[],
  consumers: readonly Consumer[],
): VerifyTreeOptions {
  return {
    ...(format === undefined ? {} : { format: oneOf('format', format, formats) }),
    ...(consumer === undefined ? {} : { consumers: [oneOf('consumer', consumer, consumers)] }),
  };
}

function oneOf<T extends string>(option: string, value: string | boolean, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${option}: "${value}" is none of ${known.join(', ')}${didYouMean(String(value), known)}`,
    'ingot verify --help shows what it takes.',
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
