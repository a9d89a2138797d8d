import type { OsImageDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';

/** The full references that a format is pushed to: `host/path:tag`, each with `suffix` behind the tag. */
export function referencesOf(
  { push }: Pick<OsImageDescription, 'push'>,
  format: Format,
  version: string,
  suffix: string,
): string[] {
  const written = push.filter((each) => each.format === format);
  const references = written.flatMap(({ repository, tags }) =>
    tags.map((tag) => `${repository}:${tag.replaceAll('{version}', version)}${suffix}`),
  );
  return [...new Set(references)];
}
