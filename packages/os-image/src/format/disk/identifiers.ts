import { createHash } from 'node:crypto';

/** What a disk and its parts are called by. */
export interface Identifiers {
  readonly disk: string;
  readonly esp: string;
  readonly root: string;
  /** Of the file system in the root partition. */
  readonly rootFileSystem: string;
  /** Of the directory hash of the root file system. */
  readonly hashSeed: string;
  /** The volume number of the EFI system partition, 8 hex digits. */
  readonly espVolume: string;
}

/**
 * Identifiers of a disk out of its name and architecture alone, not of its content: an fstab with root=UUID stays right
 * from one version to the next, and the same project gives the same disk anywhere. UUIDs in lower case.
 */
export function identifiersOf(name: string, architecture: string): Identifiers {
  const of = (what: string) => uuidOf(`${name}\0${architecture}\0${what}`);
  return {
    disk: of('disk'),
    esp: of('esp'),
    root: of('root'),
    rootFileSystem: of('root file system'),
    hashSeed: of('hash seed'),
    espVolume: of('esp volume').slice(0, 8),
  };
}

/** RFC 9562 § 5.8, version 8: of bits that an application makes as it likes. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update('ingot disk\0').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
