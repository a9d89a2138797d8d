import type { OsImageDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';

/**
 * The full references that a format is pushed to: `host/path:tag`, each with `suffix` behind the tag. None of a
 * repository without a host, which only nx.json or the command line of the push complete.
 */
export function referencesOf(
  { push }: Pick<OsImageDescription, 'push'>,
  format: Format,
  version: string,
  suffix: string,
): string[] {
  const written = push.filter((each) => each.format === format && hasHost(each.repository));
  const references = written.flatMap(({ repository, tags }) =>
    tags.map((tag) => `${repository}:${tag.replaceAll('{version}', version)}${suffix}`),
  );
  return [...new Set(references)];
}

/** As Docker tells them apart: a registry has a dot or a port, or is localhost (distribution/reference). */
function hasHost(repository: string): boolean {
  const slash = repository.indexOf('/');
  return slash > 0 && /[.:]|^localhost$/.test(repository.slice(0, slash));
}
