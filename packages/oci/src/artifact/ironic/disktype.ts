/** What Ironic takes in the annotation `disktype`; it skips any other (ironic/common/image_service.py, _filter_manifests). */
export const disktypes = ['qcow2', 'qemu', 'raw', 'applehv'] as const;

export type Disktype = (typeof disktypes)[number];

export function isDisktype(text: string): text is Disktype {
  return disktypes.some((each) => each === text);
}

/** The format behind a disktype: Ironic knows two. */
export function formatOf(disktype: Disktype): 'qcow2' | 'raw' {
  return disktype === 'qcow2' || disktype === 'qemu' ? 'qcow2' : 'raw';
}

/** Whether Ironic takes a layer for compressed by its media type (identify_specific_image: endswith zstd, gzip). */
export function compressedMediaType(mediaType: string): boolean {
  return /(zstd|gzip)$/.test(mediaType);
}
