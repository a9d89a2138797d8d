import { digestOf, hexOf, oci, parseIndex } from '@ingot/content';
import { RegistryError } from '../error.ts';
import { getManifest } from '../manifest/fetch.ts';
import { pages } from '../paged.ts';
import { placeOf } from '../transport/place.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';
import type { Page } from '../paged.ts';

/** More than anybody attaches to one image. */
const mostReferrers = 10_000;

/** What a registry answers that does not know the referrers API. */
const unknown = [400, 404, 405, 501];
/** The same of those who send us to their web site instead, which minds who asks and how often (ghcr.io). */
const unknownElsewhere = [401, 403, 406, 410, 429, 500, 502, 503, 504];

/** The tag under which the referrers of a manifest are listed where there is no API. § Referrers Tag Schema. */
export function referrersTag(digest: string): string {
  return `sha256-${hexOf(digest)}`;
}

/**
 * The manifests that name `digest` as their subject, of one artifact type or all: by the referrers API, else by the tag
 * schema. OCI distribution-spec § Listing Referrers. Throws INGOT_REGISTRY_ANSWER.
 */
export async function listReferrers(
  client: RegistryClient,
  digest: string,
  artifactType?: string,
): Promise<readonly Descriptor[]> {
  const found = (await byApi(client, digest, artifactType)) ?? (await byTag(client, digest));
  return artifactType === undefined ? found : found.filter((one) => one.artifactType === artifactType);
}

/** The list that the tag schema keeps; empty where there is none. */
export async function byTag(client: RegistryClient, digest: string): Promise<readonly Descriptor[]> {
  const index = await getManifest(client, referrersTag(digest));
  // Some read the tag as the digest that it is made of, and give the image itself (GitLab).
  if (index === undefined || index.descriptor.digest === digest) return [];
  if (index.descriptor.mediaType !== oci.index) return [];
  return parseIndex(index.bytes, index.descriptor).manifests;
}

/** Undefined where the registry does not know the API. */
async function byApi(client: RegistryClient, digest: string, artifactType: string | undefined) {
  const found: Descriptor[] = [];
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  const call = {
    method: 'GET',
    path: `referrers/${digest}${query}`,
    what: `list what is attached to ${client.name}@${digest}`,
    expect: [200, ...unknown],
    elsewhere: unknownElsewhere,
    headers: { accept: oci.index },
  } as const;
  for await (const page of pages(client, call)) {
    if (page.answer.status !== 200 || page.value === undefined) return undefined;
    found.push(...referrersOf(page, digest));
    if (found.length > mostReferrers) throw tooMany(page, digest);
  }
  return found;
}

function referrersOf({ answer, value }: Page, digest: string): readonly Descriptor[] {
  try {
    const bytes = Buffer.from(JSON.stringify(value));
    return parseIndex(bytes, { mediaType: oci.index, digest: digestOf(bytes), size: bytes.length }).manifests;
  } catch (cause) {
    throw new RegistryError('INGOT_REGISTRY_ANSWER', `${placeOf(answer.url)} answered with no list of referrers`, {
      digest,
      cause,
    });
  }
}

function tooMany({ answer }: Page, digest: string): RegistryError {
  return new RegistryError(
    'INGOT_REGISTRY_ANSWER',
    `${placeOf(answer.url)} lists more than ${mostReferrers} referrers`,
    {
      digest,
    },
  );
}
