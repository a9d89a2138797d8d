import type { Descriptor } from '@ingot/content';
import type { Reference, Registries } from '@ingot/registry';
import type { LockedBlob, LockedImage } from './lock-file.ts';

/** Asks the registry what a reference stands for: its digest, else what its tag names now. Throws the registry's errors, INGOT_MANIFEST, INGOT_BLOB_WRONG. */
export async function lockImage(registries: Registries, reference: Reference): Promise<LockedImage> {
  const { isIndex, parseIndex, platformsOf, formatPlatform } = await import('@ingot/content');
  const { formatReference } = await import('@ingot/registry/reference');
  const { registry, repository, tag, digest } = reference;
  const remote = registries.repository({ registry, repository });
  const { descriptor, bytes } = await remote.manifest(digest ?? tag);
  const platforms = new Map<string, LockedBlob>();
  if (isIndex(descriptor.mediaType)) {
    for (const member of parseIndex(bytes, descriptor).manifests) {
      // Attestations of BuildKit call themselves unknown/unknown.
      if (member.platform === undefined || member.platform.os === 'unknown') continue;
      const name = formatPlatform(member.platform);
      if (!platforms.has(name)) platforms.set(name, blobOf(member));
    }
  } else {
    for (const platform of await platformsOf(remote, descriptor)) {
      platforms.set(formatPlatform(platform), blobOf(descriptor));
    }
  }
  return {
    image: formatReference({ ...reference, digest: descriptor.digest }),
    root: blobOf(descriptor),
    platforms: Object.fromEntries(platforms),
  };
}

function blobOf({ mediaType, digest, size }: Descriptor): LockedBlob {
  return { mediaType, digest, size };
}
