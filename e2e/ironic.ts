import { createHash } from 'node:crypto';

/** What Ironic does with a registry, as `ironic/common/oci_registry.py` and `image_service.py` (OciImageService) have it. */

const oci = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
};

/** By `image_download_source`: the earlier, the rather. Entries with another disktype are passed over. */
const preference = {
  local: ['qcow2', 'qemu', 'raw', 'applehv'],
  http: ['raw', 'applehv', 'qcow2', 'qemu'],
} as const;

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export interface IronicNode {
  /** As the node's property `cpu_arch` has it. */
  readonly architecture: 'x86_64' | 'aarch64';
  /** `image_download_source`: the conductor writes the disk, or the agent streams it. */
  readonly download: 'local' | 'http';
}

/** What Ironic would put onto a node. */
export interface IronicChoice {
  readonly name: string;
  readonly disktype: string | undefined;
  /** Of the blob, which was fetched and hashed. */
  readonly bytes: Buffer;
}

export interface RegistryDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly architecture?: string; readonly os?: string };
}

/** A manifest or an index, as the registry answers. */
export interface RegistryManifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly config?: RegistryDescriptor;
  readonly layers?: readonly RegistryDescriptor[];
  readonly manifests?: readonly RegistryDescriptor[];
}

/** Chooses as Ironic does. Throws an Error where Ironic would fail, or take what it gets for a bootc container. */
export async function ironicChooses(url: string, node: IronicNode): Promise<IronicChoice> {
  const { api, path, tag, digest } = parse(url);
  if (digest !== undefined) {
    const manifest = await manifestByDigest(api, path, digest);
    return choice(api, path, manifest, manifest.annotations?.['disktype']);
  }
  await checkListed(api, path, tag);
  const { bytes, headers } = await get(`${api}/${path}/manifests/${tag}`, `${oci.index}, ${oci.manifest}`);
  const root = JSON.parse(bytes.toString()) as RegistryManifest;
  if (!headers.has('docker-content-digest')) throw new Error('the registry says no digest');
  if (root.mediaType === undefined) throw new Error('InvalidImageRef: no mediaType');
  if (root.mediaType === oci.manifest) return choice(api, path, root, root.annotations?.['disktype']);
  if (root.mediaType !== oci.index) throw new Error(`InvalidImageRef: ${root.mediaType}`);
  for (const entry of candidates(root, node)) {
    const manifest = await manifestByDigest(api, path, entry.digest);
    if (manifest.layers?.length === 1) return choice(api, path, manifest, entry.annotations?.['disktype']);
  }
  throw new Error('ImageMatchFailure: no entry fits');
}

/** The entries that fit the node, the best first; of equals, the one that stands first. */
function candidates({ manifests = [] }: RegistryManifest, { architecture, download }: IronicNode) {
  const ranks = preference[download] as readonly string[];
  const rank = ({ annotations }: RegistryDescriptor) => ranks.indexOf(annotations?.['disktype'] ?? '');
  for (const { annotations, artifactType } of manifests) {
    if (annotations?.['disktype'] === undefined && artifactType === undefined) throw new Error('taken for bootc');
  }
  return manifests
    .filter((entry) => rank(entry) >= 0)
    .filter(({ platform }) => (platform?.architecture ?? architectures[architecture]) === architectures[architecture])
    .toSorted((a, b) => rank(a) - rank(b));
}

async function choice(
  api: string,
  path: string,
  { artifactType, config, layers = [] }: RegistryManifest,
  disktype: string | undefined,
): Promise<IronicChoice> {
  if (artifactType === undefined && config?.mediaType !== oci.empty) throw new Error('taken for bootc');
  const [layer, ...others] = layers;
  if (layer === undefined || others.length > 0) throw new Error(`${layers.length} layers where Ironic wants one`);
  if (/(gzip|zstd)$/.test(layer.mediaType)) throw new Error('the agent cannot decompress while it streams');
  const name = layer.annotations?.['org.opencontainers.image.title'];
  if (name === undefined) throw new Error('the file has no name');
  const { bytes } = await get(`${api}/${path}/blobs/${layer.digest}`, '*/*');
  checkDigest(bytes, layer.digest);
  return { name, disktype, bytes };
}

/** Ironic accepts nothing but a manifest here. */
async function manifestByDigest(api: string, path: string, digest: string): Promise<RegistryManifest> {
  const { bytes } = await get(`${api}/${path}/manifests/${digest}`, oci.manifest);
  checkDigest(bytes, digest);
  const manifest = JSON.parse(bytes.toString()) as RegistryManifest;
  if (manifest.mediaType !== oci.manifest) throw new Error(`InvalidImageRef: ${manifest.mediaType}`);
  return manifest;
}

async function checkListed(api: string, path: string, tag: string): Promise<void> {
  let url: string | undefined = `${api}/${path}/tags/list`;
  const tags: string[] = [];
  while (url !== undefined) {
    const { bytes, headers }: Answer = await get(url, oci.index);
    tags.push(...(JSON.parse(bytes.toString()) as { tags: string[] }).tags);
    const next: string | undefined = /<([^>]+)>; *rel="?next/.exec(headers.get('link') ?? '')?.[1];
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  if (!tags.includes(tag)) throw new Error(`OciImageTagNotFound: ${tag} is not one of ${tags.join(', ')}`);
}

/** The forms of an `oci://` URL. Ironic itself asks by https alone. */
function parse(url: string) {
  const found = /^oci:\/\/([^/]+)\/([^@:]+)(?::([^@:]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(url);
  if (found === null) throw new Error(`InvalidImageRef: ${url}`);
  const [, host, path = '', tag = 'latest', digest] = found;
  return { api: `http://${host}/v2`, path, tag, digest };
}

interface Answer {
  readonly bytes: Buffer;
  readonly headers: Headers;
}

async function get(url: string, accept: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept } });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

function checkDigest(bytes: Buffer, digest: string): void {
  const has = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (has !== digest) throw new Error(`${digest} has the content ${has}`);
}
