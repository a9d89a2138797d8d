import { formatReference, parseReference } from '@ingot/registry/reference';
import type { Reference } from '@ingot/registry/reference';

/** A reference as it is written in full: host and path, a tag or none. */
export interface FullReference extends Reference {
  /** `host/path`, as `list` shows it. */
  readonly repositoryName: string;
  /** Undefined where none is written: nothing is added. */
  readonly tag?: string;
}

/**
 * What onmetal-image takes for the name of an image: a reference that has its host and says nothing by default
 * (distribution/reference ParseNamed). Undefined for anything else: `v1`, `debian:12`.
 */
export function fullReference(text: string): FullReference | undefined {
  let parsed: Reference;
  try {
    parsed = parseReference(text);
  } catch {
    return undefined;
  }
  const { registry, repository, digest } = parsed;
  const repositoryName = formatReference({ registry, repository });
  const tag = text === repositoryName ? undefined : parsed.tag;
  const found = {
    registry,
    repository,
    repositoryName,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
  return formatReference(found) === text ? found : undefined;
}
