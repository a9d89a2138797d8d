import { show } from './problem.ts';
import type { Problem } from './problem.ts';

/** metalk8s_solutions.py DNS_LABEL_NAME_RFC1123_RE, which Python's `re.match` tries against the whole name. */
const label = /^[0-9a-z]([0-9a-z-]*[0-9a-z])?$/;
const longestLabel = 63;

/** A path component of a repository's name: distribution/reference, `path-component`. */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
/** distribution/reference, `tag`. */
const tagSyntax = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const longestImageName = 128;

/** INGOT_SOLUTION_NAME: `metadata.name` has to be an RFC 1123 label and may not look like MetalK8s' own archive. */
export function solutionNameProblems(name: string): Problem[] {
  const code = 'INGOT_SOLUTION_NAME';
  if (name.length > longestLabel || !label.test(name)) {
    return [
      {
        code,
        message: `${show(name)} is not an RFC 1123 label, which the name of a Solution has to be`,
        help: `Use small letters a-z, digits and -, at most ${longestLabel}, with a letter or digit at both ends.`,
      },
    ];
  }
  if (!name.startsWith('metalk8s-')) return [];
  return [
    {
      code,
      message: `${show(name)} begins with metalk8s-, and MetalK8s never lists a Solution of such a name`,
      help: 'Archives mounted at /srv/scality/metalk8s-… are taken for MetalK8s itself: choose a name without that prefix.',
    },
  ];
}

/**
 * INGOT_IMAGE_NAME: one level, as in the image references of every registry client. That leaves no character which
 * nginx, Jinja or a shell would read otherwise; the dot is escaped where a regular expression is made of the name.
 */
export function imageNameProblems(name: string): Problem[] {
  if (name.length <= longestImageName && component.test(name)) return [];
  const help = name.includes('/')
    ? 'The archive is one flat repository: give the image a name of one level, without registry and without slashes.'
    : `Use small letters a-z, digits, and single . _ or any number of - between them, at most ${longestImageName}.`;
  return [{ code: 'INGOT_IMAGE_NAME', message: `${show(name)} cannot be the name of an image in the archive`, help }];
}

/** INGOT_IMAGE_TAG: distribution/reference, `tag`. */
export function imageTagProblems(tag: string): Problem[] {
  if (tagSyntax.test(tag)) return [];
  return [
    {
      code: 'INGOT_IMAGE_TAG',
      message: `${show(tag)} cannot be the tag of an image`,
      help: 'Use letters, digits, . _ and -, at most 128, and begin with a letter, a digit or _.',
    },
  ];
}
