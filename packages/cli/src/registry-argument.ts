import { isRegistryName, parseReference } from '@ingot/registry/reference';
import { UsageError } from './error.ts';
import type { Reference } from '@ingot/registry/reference';
import type { Verb } from './verb.ts';

const scheme = 'docker://';

export function isRegistryArgument(text: string): boolean {
  return text.startsWith(scheme);
}

/**
 * The reference in `docker://host/name:tag`. A bare name is never guessed: throws UsageError that points to docker://;
 * RegistryError INGOT_REFERENCE_SYNTAX for what comes after it.
 */
export function registryArgument(verb: Verb, text: string | undefined): Reference {
  if (text === undefined) {
    throw new UsageError('name an image of a registry', `Usage: ingot ${verb.name} ${verb.synopsis}`);
  }
  if (isRegistryArgument(text)) return parseReference(text.slice(scheme.length));
  throw new UsageError(`${JSON.stringify(text)} is no image of a registry`, meantReference(text) ?? forms);
}

/** The same for a repository, which has neither tag nor digest. */
export function repositoryArgument(verb: Verb, text: string): Reference {
  const reference = registryArgument(verb, text);
  const last = text.slice(text.lastIndexOf('/') + 1);
  if (!/[:@]/.test(last)) return reference;
  const { registry, repository } = reference;
  throw new UsageError(
    `${JSON.stringify(text)} has a tag or a digest, where a repository is wanted`,
    `Write ${scheme}${registry}/${repository}`,
  );
}

/** What somebody may have meant who wrote a reference without docker://; undefined where it cannot be one. */
export function meantReference(text: string): string | undefined {
  const bare = text.replace(/^(docker|https?):(\/\/)?/, '');
  try {
    parseReference(bare);
  } catch {
    return undefined;
  }
  return `Did you mean ${scheme}${bare}?`;
}

const forms = `Write ${scheme}host/name:tag, e.g. ${scheme}registry.example/team/tool:1.0`;

/** The registry to log in to, `host[:port]`; Docker's own may be called as its file calls it. Throws UsageError. */
export function registryName(text: string): string {
  const bare = text.replace(/^(https?|docker):\/\//, '').replace(/\/(v[12]\/)?$/, '');
  const registry = bare === 'index.docker.io' || bare === 'registry-1.docker.io' ? 'docker.io' : bare;
  if (isRegistryName(registry)) return registry;
  throw new UsageError(
    `${JSON.stringify(text)} is no registry`,
    'Write host or host:port without a path, e.g. docker.io or registry.example:5000.',
  );
}
