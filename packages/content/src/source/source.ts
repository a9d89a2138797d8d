import { isDigest } from '../digest.ts';
import { ContentError } from '../error.ts';

/** Where an image comes from, in the words of containers-transports(5), and of our own `project`. */
export type Source =
  | { readonly transport: 'project'; readonly name: string }
  | LayoutSource
  | {
      readonly transport: 'docker-archive';
      readonly path: string;
      readonly reference?: string;
      readonly index?: number;
    }
  | { readonly transport: 'docker-daemon'; readonly reference: string }
  | { readonly transport: 'dir'; readonly path: string }
  | { readonly transport: 'docker'; readonly reference: string };

/** An OCI layout, as a folder or as a tar. The root is named by a reference or by its digest, or is the only one. */
export interface LayoutSource {
  readonly transport: 'oci' | 'oci-archive';
  readonly path: string;
  readonly reference?: string;
  readonly digest?: string;
}

export const transports = [
  'project',
  'oci',
  'oci-archive',
  'docker-archive',
  'docker-daemon',
  'dir',
  'docker',
] as const;

/**
 * Reads a source: `project:NAME`, `oci:PATH[:REF|@DIGEST]`, `oci-archive:PATH[:REF|@DIGEST]`,
 * `docker-archive:PATH[:REF|:@INDEX]`, `docker-daemon:REF`, `dir:PATH`, `docker://REF`. A path ends at its first colon,
 * but for `dir:`, where it goes on to the end. A bare name is never guessed.
 * Throws ContentError INGOT_SOURCE_SYNTAX, whose help says what may have been meant.
 */
export function parseSource(text: string): Source {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  const transport = colon < 0 ? undefined : transports.find((one) => one === text.slice(0, colon));
  // Control characters would end up in messages, file names and arguments.
  if (/[\u0000-\u001f\u007f]/.test(text)) throw bad(text, 'has control characters', forms);
  if (transport === undefined)
    throw bad(text, colon < 0 ? 'does not say what kind of source it is' : 'is of no known kind', guess(text));
  if (rest === '') throw bad(text, 'names nothing', forms);
  return parsers[transport](rest, text);
}

/** The reverse of parseSource. */
export function formatSource(source: Source): string {
  switch (source.transport) {
    case 'project':
      return `project:${source.name}`;
    case 'docker':
      return `docker://${source.reference}`;
    case 'docker-daemon':
      return `docker-daemon:${source.reference}`;
    case 'dir':
      return `dir:${source.path}`;
    case 'docker-archive':
      return `docker-archive:${source.path}${source.index === undefined ? suffix(':', source.reference) : `:@${source.index}`}`;
    default:
      return `${source.transport}:${source.path}${suffix(':', source.reference)}${suffix('@', source.digest)}`;
  }
}

function suffix(sign: string, text: string | undefined): string {
  return text === undefined ? '' : sign + text;
}

const parsers: Record<(typeof transports)[number], (rest: string, text: string) => Source> = {
  project: (name) => ({ transport: 'project', name }),
  oci: (rest, text) => layoutSource('oci', rest, text),
  'oci-archive': (rest, text) => layoutSource('oci-archive', rest, text),
  'docker-archive': dockerArchive,
  'docker-daemon': (reference, text) => ({ transport: 'docker-daemon', reference: checkReference(reference, text) }),
  dir: (path) => ({ transport: 'dir', path }),
  docker: registry,
};

function layoutSource(transport: 'oci' | 'oci-archive', rest: string, text: string): Source {
  if (rest.startsWith('//')) {
    throw bad(text, 'looks like the URL of a registry', `For a registry write docker:${rest}; for a folder oci:PATH.`);
  }
  const digest = /^(.*)@(sha\d*:.*)$/.exec(rest);
  if (digest?.[1] !== undefined) {
    if (!isDigest(digest[2]))
      throw bad(text, 'has a wrong digest', 'Write @sha256: and 64 lower-case hexadecimal digits.');
    // With both, the digest decides, and the reference would be a second truth.
    if (digest[1].includes(':')) throw bad(text, 'has a reference and a digest', 'Leave one of them out.');
    return { transport, path: checkPath(digest[1], text), digest: digest[2] };
  }
  const [path, reference] = splitPath(rest, text);
  return { transport, path, ...(reference === undefined ? {} : { reference }) };
}

function dockerArchive(rest: string, text: string): Source {
  const [path, reference] = splitPath(rest, text);
  if (reference === undefined) return { transport: 'docker-archive', path };
  if (!reference.startsWith('@'))
    return { transport: 'docker-archive', path, reference: checkReference(reference, text) };
  if (!/^@(0|[1-9]\d{0,5})$/.test(reference)) {
    throw bad(text, 'has a wrong index', 'Write @0 for the first image of the archive, @1 for the second.');
  }
  return { transport: 'docker-archive', path, index: Number(reference.slice(1)) };
}

function registry(rest: string, text: string): Source {
  if (!rest.startsWith('//')) throw bad(text, 'lacks two slashes', `Write docker://${rest}`);
  return { transport: 'docker', reference: checkReference(rest.slice(2), text) };
}

function splitPath(rest: string, text: string): [path: string, reference?: string] {
  const colon = rest.indexOf(':');
  if (colon < 0) return [checkPath(rest, text)];
  if (colon === rest.length - 1) throw bad(text, 'ends where a reference should be', 'Leave the last colon out.');
  return [checkPath(rest.slice(0, colon), text), rest.slice(colon + 1)];
}

function checkPath(path: string, text: string): string {
  if (path === '') throw bad(text, 'has no path', forms);
  return path;
}

/** distribution/reference, from afar: enough that it is no option, no path and no second argument. */
function checkReference(reference: string, text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/.test(reference)) return reference;
  throw bad(
    text,
    `has the wrong reference ${JSON.stringify(reference)}`,
    'Write NAME:TAG, e.g. docker.io/library/nginx:1.27',
  );
}

const forms =
  'Write one of project:NAME, oci:PATH[:REF], oci-archive:PATH[:REF], docker-archive:PATH[:REF], docker-daemon:REF, dir:PATH, docker://REF.';

const foreign = ['containers-storage', 'ostree', 'sif', 'tarball', 'atomic', 'containerd'];

/** What somebody may have meant who wrote this. */
function guess(text: string): string {
  const head = text.split(':')[0] ?? '';
  if (foreign.includes(head)) return `Copy it first: skopeo copy ${text} oci-archive:image.tar`;
  if (/^https?$/.test(head)) return `For a registry write docker:${text.slice(head.length + 1)}.`;
  if (/\.(tar|tgz|tar\.gz)(:|$)/.test(text)) return `Did you mean oci-archive:${text} or docker-archive:${text}?`;
  if (/^[./~]/.test(text)) return `Did you mean oci:${text}?`;
  const close = transports.find(
    (one) => one.replaceAll(/[^a-z]/g, '') === head.toLowerCase().replaceAll(/[^a-z]/g, ''),
  );
  if (close !== undefined && head !== text)
    return `Did you mean ${close}:${close === 'docker' ? '//' : ''}${text.slice(head.length + 1)}?`;
  if (/^[a-z0-9][a-z0-9._-]*$/.test(text))
    return `Did you mean project:${text}, or docker://docker.io/library/${text}?`;
  if (/^[a-z0-9][a-z0-9._/-]*(:[\w.-]+)?$/.test(text)) return `Did you mean docker://${text}? ${forms}`;
  return forms;
}

function bad(text: string, what: string, help: string): ContentError {
  return new ContentError('INGOT_SOURCE_SYNTAX', `the source ${JSON.stringify(text)} ${what}`, { help });
}
