import { failure, json, type Answer } from './exchange.ts';
import { sha256, type RepositoryContents, type StoredManifest } from './contents.ts';
import type { Call } from './call.ts';

/** As the distribution registry has it. */
const largest = 4 * 1024 * 1024;

interface Named {
  readonly digest: string;
  readonly size: number;
}

interface ManifestJson {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Named & { mediaType: string };
  readonly layers?: readonly Named[];
  readonly manifests?: readonly Named[];
  readonly subject?: Named;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** distribution-spec § Pulling, § Pushing, § Deleting manifests. */
export async function manifest(call: Call, reference: string): Promise<Answer> {
  if (call.method === 'PUT') return put(call, reference);
  const { manifests, tags } = call.repository;
  const digest = reference.startsWith('sha256:') ? reference : tags.get(reference);
  const found = digest === undefined ? undefined : manifests.get(digest);
  if (digest === undefined || found === undefined) return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  if (call.method === 'DELETE') return remove(call.repository, reference);
  const { bytes, mediaType } = found;
  return { status: 200, headers: { 'content-type': mediaType, 'docker-content-digest': digest }, body: bytes };
}

function remove(repository: RepositoryContents, reference: string): Answer {
  if (!reference.startsWith('sha256:')) {
    repository.tags.delete(reference);
    return { status: 202 };
  }
  repository.manifests.delete(reference);
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
  return { status: 202 };
}

async function put(call: Call, reference: string): Promise<Answer> {
  const bytes = Buffer.concat(await Array.fromAsync(call.body()));
  if (bytes.length > largest) return failure(413, 'SIZE_INVALID', 'the manifest is too large');
  const digest = sha256(bytes);
  if (reference.startsWith('sha256:') && reference !== digest) return failure(400, 'DIGEST_INVALID', 'another digest');
  const parsed = JSON.parse(bytes.toString()) as ManifestJson;
  const missing = lacking(call.repository, parsed);
  if (missing !== undefined) return failure(404, 'MANIFEST_BLOB_UNKNOWN', `${missing} is unknown to registry`);
  const mediaType = call.headers['content-type'] ?? parsed.mediaType ?? '';
  call.repository.manifests.set(digest, { mediaType, bytes });
  if (!reference.startsWith('sha256:')) call.repository.tags.set(reference, digest);
  const subject = (call.options.referrers ?? true) ? parsed.subject?.digest : undefined;
  const headers = { location: `/v2/${call.name}/manifests/${digest}`, 'docker-content-digest': digest };
  return { status: 201, headers: { ...headers, ...(subject === undefined ? {} : { 'oci-subject': subject }) } };
}

/** The first thing that the manifest names and the repository lacks. A subject may be missing. */
function lacking(repository: RepositoryContents, parsed: ManifestJson): string | undefined {
  const blobs = [...(parsed.config === undefined ? [] : [parsed.config]), ...(parsed.layers ?? [])];
  return (
    blobs.find(({ digest }) => !repository.blobs.has(digest))?.digest ??
    parsed.manifests?.find(({ digest }) => !repository.manifests.has(digest))?.digest
  );
}

/** distribution-spec § Listing tags, with § pagination by Link. */
export function tagList(call: Call): Answer {
  const all = [...call.repository.tags.keys()].sort();
  const last = call.query.get('last');
  const rest = last === null ? all : all.filter((tag) => tag > last);
  const count = Math.min(Number(call.query.get('n') ?? Infinity), call.options.pageSize ?? Infinity);
  const tags = rest.slice(0, count);
  const end = tags.at(-1);
  const more = rest.length > tags.length && end !== undefined;
  const next = `</v2/${call.name}/tags/list?n=${count}&last=${encodeURIComponent(end ?? '')}>; rel="next"`;
  return json({ name: call.name, tags }, more ? { link: next } : {});
}

/** distribution-spec § Listing referrers. */
export function referrerList(call: Call, digest: string): Answer {
  if (!(call.options.referrers ?? true)) return failure(404, 'UNSUPPORTED', 'no referrers here');
  const wanted = call.query.get('artifactType');
  const all = [...call.repository.manifests].flatMap(([own, stored]) => referrer(own, stored, digest));
  const manifests = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted);
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
  const filtered = wanted === null ? {} : { 'oci-filters-applied': 'artifactType' };
  return json(index, { 'content-type': index.mediaType, ...filtered });
}

function referrer(digest: string, { mediaType, bytes }: StoredManifest, subject: string) {
  const parsed = JSON.parse(bytes.toString()) as ManifestJson;
  if (parsed.subject?.digest !== subject) return [];
  const artifactType = parsed.artifactType ?? parsed.config?.mediaType;
  const { annotations } = parsed;
  return [{ mediaType, digest, size: bytes.length, artifactType, ...(annotations && { annotations }) }];
}
