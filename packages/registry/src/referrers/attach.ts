import { digestOf, encodeJson, oci } from '@ingot/content';
import { putManifest } from '../manifest/put.ts';
import { byTag, referrersTag } from './list.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';

/** What a manifest says of itself that a list of referrers repeats. */
export interface Referrer {
  /** The manifest that it is attached to. */
  readonly subject: string;
  readonly descriptor: Descriptor;
}

/** The referrer that a manifest is; undefined where it has no subject, or is none. */
export function referrerOf({ mediaType, digest, size }: Descriptor, bytes: Uint8Array): Referrer | undefined {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const subject = (value['subject'] as Descriptor | null | undefined)?.digest;
  if (typeof subject !== 'string') return undefined;
  // OCI distribution-spec § Listing Referrers: without an artifactType it is the config's media type.
  const own = value['artifactType'] ?? (value['config'] as Descriptor | undefined)?.mediaType;
  const annotations = value['annotations'] as Readonly<Record<string, string>> | undefined;
  return {
    subject,
    descriptor: {
      mediaType,
      digest,
      size,
      ...(typeof own === 'string' ? { artifactType: own } : {}),
      ...(annotations == null ? {} : { annotations }),
    },
  };
}

/** Adds to the list that the tag schema keeps, if it is not there. § Pushing Manifests with Subject. */
export async function addByTag(client: RegistryClient, { subject, descriptor }: Referrer): Promise<void> {
  const others = await byTag(client, subject);
  if (others.some(({ digest }) => digest === descriptor.digest)) return;
  await putList(client, subject, [...others, descriptor]);
}

/** Takes from that list what is deleted. § Deleting Manifests. */
export async function removeByTag(client: RegistryClient, { subject, descriptor }: Referrer): Promise<void> {
  const all = await byTag(client, subject);
  const others = all.filter(({ digest }) => digest !== descriptor.digest);
  if (others.length < all.length) await putList(client, subject, others);
}

async function putList(client: RegistryClient, subject: string, manifests: readonly Descriptor[]): Promise<void> {
  const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests });
  await putManifest(client, { mediaType: oci.index, digest: digestOf(bytes) }, bytes, referrersTag(subject));
}
