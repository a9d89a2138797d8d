import { renderJinja } from '../../format/jinja.ts';
import { registryConfigPath } from '../../format/layout.ts';
import { imageNameProblems, imageTagProblems } from '../../format/name.ts';
import { registryConfig } from '../../format/registry-config.ts';
import type { RegistryImage } from '../../format/registry-config.ts';
import type { Archive, ArchiveImage } from '../archive.ts';
import { readText } from '../archive.ts';
import type { Fault, Rule } from '../finding.ts';
import { locations } from '../locations.ts';
import type { Location } from '../locations.ts';
import { parseNginx } from '../nginx.ts';
import type { Directive } from '../nginx.ts';

const remedy =
  "Generate it again: static-container-registry.py --omit-constants --name-prefix '{{ repository }}' --server-root '{{ registry_root }}', or pack with Ingot.";

/** What MetalK8s has itself, in metalk8s-registry-common.inc. */
const taken = ['= /v2', '= /v2/', '@404_tag'];

/** registry-config.inc.j2: does it serve what is in images/, and nothing that MetalK8s has already? */
export const registryRules: readonly Rule[] = [
  {
    id: 'registry-config-file',
    holds: `${registryConfigPath} is there, and Jinja and nginx can read it`,
    level: 'error',
    reason:
      "MetalK8s renders it with Jinja and includes it in its registry's nginx configuration, which as a whole fails with it.",
    remedy,
    async check(archive) {
      const config = await readConfig(archive);
      return 'problem' in config ? [{ message: config.problem, path: registryConfigPath }] : [];
    },
  },
  {
    id: 'registry-config-reserved',
    holds: 'it defines no location that MetalK8s has itself',
    level: 'error',
    reason:
      'nginx refuses its whole configuration on a duplicate location, and no image of any Solution can be pulled.',
    remedy,
    check: about(function* (config) {
      for (const { match } of config.locations) {
        if (taken.includes(match)) yield `it defines the location ${match}, which MetalK8s has itself`;
      }
    }),
  },
  {
    id: 'registry-config-duplicate',
    holds: 'it defines each location once',
    level: 'error',
    reason: 'nginx refuses its whole configuration on a duplicate location.',
    remedy,
    check: about(function* ({ locations: all }) {
      const seen = new Set<string>();
      for (const { match } of all) {
        if (seen.has(match)) yield `it defines the location ${match} again`;
        seen.add(match);
      }
    }),
  },
  {
    id: 'registry-config-locations',
    holds: 'it serves every image by tag and digest, and every blob',
    level: 'error',
    reason: 'What has no location, or another answer, cannot be pulled.',
    remedy,
    check: about(function* (config, archive) {
      const found = new Map(config.locations.map(({ match, effect }) => [match, effect]));
      const sound = servable(archive).filter(({ manifest }) => manifest !== undefined);
      for (const { match, effect } of locationsOf(sound, archive)) {
        const actual = found.get(match);
        if (actual === undefined) yield `it has no location ${match}`;
        else if (actual !== effect) yield `its location ${match} answers otherwise than it should`;
      }
    }),
  },
  {
    id: 'registry-config-extra',
    holds: 'it has nothing besides',
    level: 'warning',
    reason: "It is included in MetalK8s' own server, and changes what that answers.",
    remedy,
    check: about(function* (config, archive) {
      const expected = new Set([...taken, ...locationsOf(servable(archive), archive).map(({ match }) => match)]);
      for (const { match } of config.locations) if (!expected.has(match)) yield `it has the location ${match} as well`;
      for (const { words } of config.others) yield `it has the directive ${words[0]} as well`;
    }),
  },
];

interface Config {
  readonly locations: readonly Location[];
  readonly others: readonly Directive[];
}

function about(
  check: (config: Config, archive: Archive) => Iterable<string>,
): (archive: Archive) => Promise<Fault[] | undefined> {
  return async (archive) => {
    const config = await readConfig(archive);
    if ('problem' in config) return undefined;
    return Array.from(check(config, archive), (message) => ({ message, path: registryConfigPath }));
  };
}

const known = new WeakMap<Archive, Promise<Config | { problem: string }>>();

function readConfig(archive: Archive): Promise<Config | { problem: string }> {
  const config = known.get(archive) ?? parseConfig(archive);
  known.set(archive, config);
  return config;
}

async function parseConfig(archive: Archive): Promise<Config | { problem: string }> {
  const entry = archive.tree.resolve(registryConfigPath);
  if (entry?.type !== 'file') return { problem: `the root of the ISO has no ${registryConfigPath}` };
  const source = await readText(archive.contents, entry);
  return 'problem' in source ? source : parsed(source.text, archive);
}

function parsed(source: string, archive: Archive): Config | { problem: string } {
  const variables = renderedWith(archive);
  const rendered = renderJinja(source, variables);
  if ('fault' in rendered) {
    return {
      problem: `${registryConfigPath}:${rendered.fault.line}: ${rendered.fault.message}, which is not judged here`,
    };
  }
  const directives = parseNginx(rendered.text);
  if (!Array.isArray(directives)) {
    const { line, message } = directives as { line: number; message: string };
    return { problem: `${registryConfigPath}:${line}: ${message}` };
  }
  const digests = archive.images.map(({ name, tag, digest }) => [`${name}/${tag}`, digest ?? ''] as const);
  return locations(directives as readonly Directive[], variables.registry_root, new Map(digests));
}

/** available.sls: the repository is the Solution's name and version, and the images lie below its mount point. */
function renderedWith({ manifest }: Archive): { repository: string; registry_root: string } {
  const repository = `${manifest?.name ?? 'solution'}-${manifest?.version ?? '0.0.0'}`;
  return { repository, registry_root: `/srv/scality/${repository}/images` };
}

/** Images that nginx can serve by their names, whatever their manifests are. */
function servable({ images }: Archive): (ArchiveImage & { digest: string })[] {
  return images.flatMap((image) =>
    image.digest === undefined || imageNameProblems(image.name).length + imageTagProblems(image.tag).length > 0
      ? []
      : [{ ...image, digest: image.digest }],
  );
}

function locationsOf(images: readonly RegistryImage[], archive: Archive): readonly Location[] {
  const config = parsed(registryConfig(images), archive);
  return 'problem' in config ? [] : config.locations;
}
