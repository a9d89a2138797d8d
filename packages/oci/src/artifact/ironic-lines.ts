import type { ArtifactResult } from '@ingot/workspace';

/** Where the artifact was pushed to. */
export interface PushedTo {
  /** `host[:port]/path`, as Ironic is to reach it. */
  readonly repository: string;
  readonly tag: string;
}

/** What an operator sets in Ironic, by the names that it has there. */
export interface IronicSettings {
  /** The index: Ironic takes the disk that fits the node. */
  readonly image_source?: string;
  readonly deploy_kernel?: string;
  readonly deploy_ramdisk?: string;
  /** The name of the secret whose value goes there. */
  readonly image_pull_secret?: string;
  /** Each disk by itself. */
  readonly disks: readonly IronicDisk[];
}

export interface IronicDisk {
  readonly title: string;
  readonly disktype: string;
  readonly platform: string;
  readonly image_source: string;
}

/**
 * What to set in Ironic after a push; undefined for an artifact that is not for it. Kernels and ramdisks go by digest,
 * since Ironic takes no tag there; `host/path@sha256:…`, since its documentation's `path:@sha256:…` asks strict token
 * servers for a scope that they refuse.
 */
export function ironicSettings(result: ArtifactResult, { repository, tag }: PushedTo): IronicSettings | undefined {
  const pinned = (manifest: string) => `oci://${repository}@${manifest}`;
  const disks = result.files.filter(({ role }) => role === 'disk');
  const kernel = result.files.find(({ role }) => role === 'kernel');
  const ramdisk = result.files.find(({ role }) => role === 'ramdisk');
  if (disks.length === 0 && !kernel && !ramdisk) return undefined;
  return {
    ...(disks.length === 0 ? {} : { image_source: `oci://${repository}:${tag}` }),
    ...(kernel ? { deploy_kernel: pinned(kernel.manifest) } : {}),
    ...(ramdisk ? { deploy_ramdisk: pinned(ramdisk.manifest) } : {}),
    ...(result.imagePullSecret === undefined ? {} : { image_pull_secret: result.imagePullSecret }),
    disks: disks.map(({ title, disktype = '', platform = '', manifest }) => ({
      title,
      disktype,
      platform,
      image_source: pinned(manifest),
    })),
  };
}

/** The same as lines, `key=value`; what pins a single disk instead stands behind a `#`. No line end at the end. */
export function ironicLines({ disks, ...settings }: IronicSettings): string {
  return [...Object.entries(settings).map(([key, value]) => `${key}=${value}`), ...disks.map(diskLine)].join('\n');
}

function diskLine({ title, disktype, platform, image_source: source }: IronicDisk): string {
  return `# ${title} (${disktype}, ${platform}): image_source=${source}`;
}
