import type { Attempt } from '@ingot/oci';
import { parseSource, type Source } from '@ingot/content';
import { keyError } from './key-error.ts';

/** A bundle of the list. */
export interface BundleSource {
  /** As it is written. */
  readonly text: string;
  readonly source: Source;
  /** Where clusters find it, as it is written; undefined: where the source is, or its project pushes to. */
  readonly repository: string | undefined;
}

export type WrittenBundle = string | { readonly from: string; readonly repository?: string };

export function sourceText(bundle: WrittenBundle): string {
  return typeof bundle === 'string' ? bundle : bundle.from;
}

export function describeBundles(bundles: readonly WrittenBundle[], attempt: Attempt): BundleSource[] {
  const texts = bundles.map(sourceText);
  return bundles.flatMap((bundle, i) => {
    const text = sourceText(bundle);
    const at = ['bundles', i, ...(typeof bundle === 'string' ? [] : ['from'])];
    return attempt(at, [], () => {
      if (texts.indexOf(text) < i) throw keyError(`"${text}" is in the list already`, 'name each bundle once');
      const source = parseSource(text);
      const repository = typeof bundle === 'string' ? undefined : bundle.repository;
      checkRepository(source, repository);
      return [{ text, source, repository }];
    });
  });
}

/** A catalog names bundles by registry, repository and digest. */
function checkRepository({ transport }: Source, repository: string | undefined): void {
  if (transport === 'docker-archive' || transport === 'docker-daemon') {
    const help = 'push it and write docker://REPOSITORY@DIGEST, or copy it to an OCI layout';
    throw keyError(`${transport}: has no digest that a registry would know`, help);
  }
  if (transport === 'project' || transport === 'docker' || repository !== undefined) return;
  const help = 'write { from: …, repository: registry.example/team/name }';
  throw keyError(`${transport}: does not say where clusters find the bundle`, help);
}
