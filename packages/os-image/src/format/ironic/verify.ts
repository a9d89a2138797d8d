import {
  digestOfFile,
  isIndex,
  isManifest,
  LayoutStore,
  oci,
  parseIndex,
  parseManifest,
  readBlob,
  refName,
  title as titleKey,
  type Descriptor,
  type ImageManifest,
} from '@ingot/content';
import { checkForIronic, isDisktype } from '@ingot/oci';
import type { FormatResult } from '../format.ts';
import type { Finding } from '../../verify/finding.ts';

export interface VerifyIronicInput {
  /** The output of the target `ironic`: an OCI layout. Absolute. */
  readonly folder: string;
  readonly result: Pick<FormatResult, 'roots'>;
}

/** Architectures that Ironic knows by the name of a registry, image_service.py `_filter_manifests` / `cpu_arch`. */
const architectures = ['amd64', 'arm64', 'x86_64', 'aarch64'];

/**
 * What Ironic's OciImageService would make of the artifact: which entries of the index it passes over, what it would take
 * for a container, and whether each file is what its disktype says (openstack/ironic: ironic/common/image_service.py,
 * `identify_specific_image` and `_filter_manifests`; ironic/common/oci_registry.py). Throws content's errors where the
 * layout itself is none.
 */
export async function verifyIronic({ folder, result }: VerifyIronicInput): Promise<readonly Finding[]> {
  const store = new LayoutStore(folder);
  const findings: Finding[] = [];
  const named = new Map((await store.roots()).map((root) => [root.digest, root]));
  for (const { digest, suffix, mediaType, size } of result.roots) {
    if (named.get(digest)?.annotations?.[refName] === undefined) {
      findings.push(error('ironic/tag', `index.json names no tag for ${digest}`, again));
    }
    const root = { mediaType, digest, size };
    if (isIndex(mediaType)) findings.push(...(await verifyIndex(root, store)));
    else findings.push(...(await verifySingle(root, suffix, store)));
  }
  return findings;
}

const again = 'run the target `ironic` again';

async function verifyIndex(root: Descriptor, store: LayoutStore): Promise<Finding[]> {
  const index = await attempt(async () => parseIndex(await readBlob(store, root), root));
  if ('finding' in index) return [index.finding];
  const findings: Finding[] = [];
  if (root.mediaType !== oci.index) {
    findings.push(error('ironic/index', `the index is ${root.mediaType}`, `Ironic asks for ${oci.index} only`));
  }
  const seen = new Set<string>();
  for (const entry of index.value.manifests) {
    findings.push(...checkEntry(entry, seen), ...(await verifyManifest(entry, entryName(entry), store, entry)));
  }
  if (index.value.manifests.length === 0) findings.push(error('ironic/index', 'the index has no disk', again));
  return findings;
}

/** What Ironic reads of an index's entry, without opening the manifest. */
function checkEntry(entry: Descriptor, seen: Set<string>): Finding[] {
  const findings: Finding[] = [];
  const disktype = entry.annotations?.['disktype'];
  const name = entryName(entry);
  if (disktype === undefined || !isDisktype(disktype)) {
    const help = 'its entry in the index must have the annotation disktype: qcow2, qemu, raw or applehv';
    const what = disktype === undefined ? 'takes it last, or for a container' : `passes over the disktype ${disktype}`;
    findings.push(error('ironic/disktype', `${name}: Ironic ${what}`, help));
  }
  const architecture = entry.platform?.architecture;
  if (architecture === undefined) {
    findings.push({
      level: 'warning',
      rule: 'ironic/platform',
      message: `${name}: its entry names no architecture, so that Ironic takes it for any node`,
      help: again,
    });
  } else if (!architectures.includes(architecture)) {
    findings.push(error('ironic/platform', `${name}: no node of Ironic has the architecture ${architecture}`, again));
  }
  const key = `${disktype} ${architecture}`;
  if (seen.has(key)) {
    const help = 'of two that fit a node, it takes the first: leave one out';
    findings.push(error('ironic/twice', `${name}: there is another ${disktype} for ${architecture}`, help));
  }
  seen.add(key);
  return findings;
}

async function verifySingle(root: Descriptor, suffix: string, store: LayoutStore): Promise<Finding[]> {
  return verifyManifest(root, suffix.replace(/^-/, '') || root.digest, store, undefined);
}

/** What Ironic demands of a manifest that it goes to by digest. `entry`: the index's, of a disk. */
async function verifyManifest(
  descriptor: Descriptor,
  name: string,
  store: LayoutStore,
  entry: Descriptor | undefined,
): Promise<Finding[]> {
  if (!isManifest(descriptor.mediaType)) {
    return [error('ironic/manifest', `${name}: it is ${descriptor.mediaType}, no manifest`, again)];
  }
  const read = await attempt(async () => parseManifest(await readBlob(store, descriptor), descriptor));
  if ('finding' in read) return [read.finding];
  const manifest = read.value;
  const findings = checkManifest(manifest, name);
  const [layer] = manifest.layers;
  if (layer === undefined || manifest.layers.length !== 1) {
    return [...findings, error('ironic/layers', `${name}: it has ${manifest.layers.length} layers, not one`, again)];
  }
  return [...findings, ...(await verifyLayer(layer, name, store, entry))];
}

function checkManifest(manifest: ImageManifest, name: string): Finding[] {
  const findings: Finding[] = [];
  if (manifest.mediaType !== oci.manifest) {
    const help = `Ironic wants the field mediaType: ${oci.manifest}; Docker's manifests fail`;
    findings.push(error('ironic/media-type', `${name}: its manifest says mediaType ${manifest.mediaType}`, help));
  }
  const signs = [manifest.artifactType !== undefined, manifest.config.mediaType === oci.empty];
  if (signs.includes(false)) {
    const help = `set artifactType, and ${oci.empty} as config: one alone tells Ironic that it is no container`;
    const [level, message] = signs.includes(true)
      ? (['warning', 'only one of two signs says that it is an artifact'] as const)
      : (['error', 'Ironic takes it for a bootable container'] as const);
    findings.push({ level, rule: 'ironic/artifact-type', message: `${name}: ${message}`, help });
  }
  return findings;
}

async function verifyLayer(
  layer: Descriptor,
  name: string,
  store: LayoutStore,
  entry: Descriptor | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (/(zstd|gzip)$/.test(layer.mediaType)) {
    const help = 'the agent cannot decompress while it streams: name it application/octet-stream';
    findings.push(error('ironic/compressed', `${name}: Ironic takes ${layer.mediaType} for compressed`, help));
  }
  if (layer.annotations?.[titleKey] === undefined) {
    const help = `Ironic names the file by the layer's annotation ${titleKey}`;
    findings.push({ level: 'warning', rule: 'ironic/title', message: `${name}: its file has no name`, help });
  }
  const path = store.pathOf(layer);
  if (!(await store.exists(layer)) || (await digestOfFile(path)) !== layer.digest) {
    return [...findings, error('ironic/blob', `${name}: the file ${layer.digest} is not there, or is another`, again)];
  }
  const disktype = entry?.annotations?.['disktype'];
  if (disktype === undefined || !isDisktype(disktype)) return findings;
  const checked = await attempt(() => checkForIronic(path, { role: 'disk', disktype }));
  return 'finding' in checked
    ? [...findings, { ...checked.finding, message: `${name}: ${checked.finding.message}` }]
    : findings;
}

function entryName({ annotations, platform, digest }: Descriptor): string {
  return `${annotations?.['disktype'] ?? digest} for ${platform?.architecture ?? 'any architecture'}`;
}

/** What a reader or a check refuses is a finding; its rule is the error's code. */
async function attempt<T>(work: () => Promise<T>): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await work() };
  } catch (cause) {
    const { code, message, help } = cause as { code?: unknown; message: string; help?: string };
    if (typeof code !== 'string' || !code.startsWith('INGOT_')) throw cause;
    const rule = `ironic/${code
      .slice('INGOT_'.length)
      .replace(/^IRONIC_/, '')
      .toLowerCase()
      .replaceAll('_', '-')}`;
    return { finding: error(rule, message, help ?? again) };
  }
}

function error(rule: string, message: string, help: string): Finding {
  return { level: 'error', rule, message, help };
}
