import { imageNameProblems, imageTagProblems } from './name.ts';
import { SolutionError } from '../error.ts';

/** One tag of an image, and the digest of the bytes of its manifest.json. */
export interface RegistryImage {
  readonly name: string;
  readonly tag: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * The text of registry-config.inc.j2: what nginx has to answer so that the images can be pulled, as
 * `static-container-registry.py --omit-constants --name-prefix '{{ repository }}' --server-root '{{ registry_root }}'`
 * has it. MetalK8s renders it with Jinja. `= /v2`, `= /v2/` and `@404_tag` are MetalK8s' own and stay out.
 * Names, tags and digests are checked ones; throws SolutionError INGOT_REGISTRY_CONFIG for any that nginx or a regular
 * expression would misread.
 */
export function registryConfig(images: readonly RegistryImage[]): string {
  const byName = new Map<string, RegistryImage[]>();
  for (const image of [...images].sort(byNameAndTag)) {
    const tags = byName.get(image.name) ?? [];
    check(image, tags);
    byName.set(image.name, [...tags, image]);
  }
  return [...byName].map(([name, tags]) => locations(name, tags)).join('');
}

function locations(name: string, tags: readonly RegistryImage[]): string {
  const digests = new Map<string, RegistryImage>();
  for (const image of tags) if (!digests.has(image.digest)) digests.set(image.digest, image);
  return [
    tagList(name, tags),
    ...tags.map((image) => manifest(image, image.tag)),
    ...[...digests.values()].map((image) => manifest(image, image.digest)),
    blobs(name, tags),
  ].join('');
}

function tagList(name: string, tags: readonly RegistryImage[]): string {
  const payload = `{"name": "${name}", "tags": [${tags.map((image) => `"${image.tag}"`).join(', ')}]}`;
  return `
location = "/v2/{{ repository }}/${name}/tags/list" {
    types { } default_type "application/json";
    return 200 '${payload}';
}
`;
}

function manifest(image: RegistryImage, reference: string): string {
  return `
location = "/v2/{{ repository }}/${image.name}/manifests/${reference}" {
    alias {{ registry_root }}/${image.name}/${image.tag}/;
    types { } default_type "${manifestType}";
    add_header 'Docker-Content-Digest' '${image.digest}';
    try_files manifest.json =404;
    error_page 404 @404_tag;
}
`;
}

function blobs(name: string, tags: readonly RegistryImage[]): string {
  const places = tags.map((image) => `${image.tag}/$1`).join(' ');
  return `
location ~ "/v2/{{ repository }}/${name.replaceAll('.', '\\.')}/blobs/sha256:([a-f0-9]{64})" {
    alias {{ registry_root }}/${name}/;
    try_files ${places} =404;
}
`;
}

function byNameAndTag(a: RegistryImage, b: RegistryImage): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.tag !== b.tag) return a.tag < b.tag ? -1 : 1;
  return 0;
}

function check(image: RegistryImage, others: readonly RegistryImage[]): void {
  const [problem] = [...imageNameProblems(image.name), ...imageTagProblems(image.tag)];
  if (problem !== undefined) throw new SolutionError('INGOT_REGISTRY_CONFIG', problem.message, { help: problem.help });
  if (!/^sha256:[0-9a-f]{64}$/.test(image.digest)) {
    throw new SolutionError('INGOT_REGISTRY_CONFIG', `${JSON.stringify(image.digest)} is not a digest`, {
      help: 'A digest is "sha256:" and 64 lower-case hexadecimal digits.',
    });
  }
  if (others.some((other) => other.tag === image.tag)) {
    throw new SolutionError('INGOT_REGISTRY_CONFIG', `the image ${image.name}:${image.tag} is there twice`, {
      help: 'nginx refuses two locations of one name: give one of the images another name or tag.',
    });
  }
}
