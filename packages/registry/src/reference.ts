import { RegistryError } from './error.ts';

/** What a reference names. Registry as written: `docker.io`, `localhost:5000`. */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest?: string;
}

/** Where a name without a registry leads, and how it was called once. */
const dockerHub = 'docker.io';
const formerDockerHub = 'index.docker.io';

const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::(\d+))?$/;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
/** A registry, a repository of 255, a tag of 128 and a digest all fit. */
const longest = 1024;
const tagSyntax = /^\w[\w.-]{0,127}$/;
const digestSyntax = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads a reference as Docker does (distribution/reference, normalize.go): `debian` is `docker.io/library/debian:latest`;
 * a first part with a dot or a colon, or `localhost`, is a registry. A tag and a digest are both kept; with neither, the
 * tag is `latest`. Throws RegistryError INGOT_REFERENCE_SYNTAX.
 */
export function parseReference(text: string): Reference {
  return parse(text, false);
}

function parse(text: string, isQualified: boolean): Reference {
  if (text.length > longest) throw bad(text, `has more than ${longest} characters`, forms);
  const [named, digest] = splitDigest(text);
  const [path, tag] = splitTag(named, text);
  const { registry, repository } = parseRepository(path, text, isQualified);
  if (tag === undefined && digest === undefined) return { registry, repository, tag: 'latest' };
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** As `parseReference`, but the first part is a registry whatever it looks like: `mirror/hub/debian`. */
export function parseQualified(text: string): Reference {
  return parse(text, true);
}

/** The complete text of a reference; `parseReference` reads the same out of it. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Is this `host` or `host:port`, as a reference has it? */
export function isRegistryName(text: string): boolean {
  const [whole, port = '443'] = (text.length <= longest && host.exec(text)) || [];
  return whole !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function splitDigest(text: string): [named: string, digest?: string] {
  const at = text.indexOf('@');
  if (at < 0) return [text];
  const digest = text.slice(at + 1);
  if (!digestSyntax.test(digest)) {
    throw bad(text, 'has a wrong digest', 'Write @sha256: and 64 lower-case hexadecimal digits.');
  }
  return [text.slice(0, at), digest];
}

function splitTag(named: string, text: string): [path: string, tag?: string] {
  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to a port.
  if (colon < 0 || colon < named.lastIndexOf('/')) return [named];
  const tag = named.slice(colon + 1);
  if (tagSyntax.test(tag)) return [named.slice(0, colon), tag];
  const form = 'A tag is letters, digits, "_", "." and "-", at most 128, the first one neither "." nor "-".';
  throw bad(text, `has the wrong tag ${JSON.stringify(tag)}`, form);
}

function parseRepository(path: string, text: string, isQualified: boolean): Pick<Reference, 'registry' | 'repository'> {
  if (path.includes('://')) throw bad(text, 'has a scheme', `Write it without: ${path.replace(/^.*?:\/\//, '')}`);
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(slash, 0));
  const isRegistry = isQualified || /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = !isRegistry || first === formerDockerHub ? dockerHub : first;
  const rest = isRegistry ? path.slice(slash + 1) : path;
  if (!isRegistryName(registry)) throw bad(text, `has the wrong registry ${JSON.stringify(registry)}`, forms);
  checkRepository(rest, text);
  const repository = registry === dockerHub && !rest.includes('/') ? `library/${rest}` : rest;
  if (repository.length > 255) throw bad(text, 'has a repository of more than 255 characters', 'Choose a shorter one.');
  return { registry, repository };
}

function checkRepository(repository: string, text: string): void {
  if (repository === '') throw bad(text, 'names no repository', forms);
  if (/^[0-9a-f]{64}$/.test(repository))
    throw bad(text, 'could be the ID of an image', 'Write @sha256: before a digest.');
  const wrong = repository.split('/').find((part) => !component.test(part));
  if (wrong === undefined) return;
  const lower = repository.toLowerCase();
  if (lower !== repository && lower.split('/').every((part) => component.test(part))) {
    throw bad(text, 'has upper-case letters in the repository', `Registries take lower-case letters only: ${lower}`);
  }
  throw bad(text, `has the wrong part ${JSON.stringify(wrong)}`, forms);
}

const forms =
  'Write [registry[:port]/]path[:tag][@sha256:…]; a path has lower-case letters and digits, with ".", "_", "-" between.';

function bad(text: string, what: string, help: string): RegistryError {
  return new RegistryError(
    'INGOT_REFERENCE_SYNTAX',
    `the reference ${JSON.stringify(text.slice(0, longest))} ${what}`,
    {
      help,
    },
  );
}
