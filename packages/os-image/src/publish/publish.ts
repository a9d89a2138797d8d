import { join, resolve } from 'node:path';
import { digestOfFile } from '@ingot/content';
import type { OsImageDescription, PublishDescription } from '../description/description.ts';
import type { FormatFile, FormatResult } from '../format/format.ts';
import type { MetalStackImage } from '../format/metal-stack/make.ts';
import { changedSource } from '../format/write.ts';
import { publishByCommand } from './command.ts';
import { publishToFolder } from './folder.ts';

export interface PublishOptions {
  readonly signal: AbortSignal;
  /** Hears each line that the author's command says. */
  readonly onLine?: (line: string) => void;
  /** So many bytes more have been copied. */
  readonly onBytes?: (bytes: number) => void;
}

/** A file that is to be published. */
export interface ToPublish extends FormatFile {
  /** Absolute. */
  readonly file: string;
}

export interface Published {
  /** Below the images' root. */
  readonly path: string;
  /** `present`: it was there already. */
  readonly how: 'written' | 'present' | 'handed';
}

/**
 * Who downloads takes the archive, then its md5 (metal-hammer, cmd/image/image.go, Pull). So the md5 comes last: where
 * there is one, all that belongs to it is there. What is replaced in place has, in any order, a moment in which the two do
 * not fit, and a machine that began before it sees them not fit either; metal-hammer then refuses, it installs nothing
 * wrong. Releases have folders of their own, and no such moment.
 */
const order = ['archive', 'packages', 'md5'];

/**
 * Puts a tree of metal-stack where it is served: into a folder (relative to the project's), or by a command of the
 * author's for each file. Throws ProjectErrors INGOT_OS_IMAGE_PUBLISH, INGOT_OS_IMAGE_CHANGED, INGOT_TOOL_MISSING,
 * ContentErrors INGOT_DISK_FULL, INGOT_UNWRITABLE, INGOT_FILE, and the reason of `signal`.
 * @param folder that the result's paths are relative to
 */
export async function publishMetalStack(
  folder: string,
  result: FormatResult,
  how: PublishDescription,
  description: Pick<OsImageDescription, 'folder' | 'place'>,
  options: PublishOptions,
): Promise<readonly Published[]> {
  const files = inOrder(result.files).map((file) => ({ ...file, file: join(folder, file.path) }));
  if (how.kind === 'folder') return publishToFolder(files, resolve(description.folder, how.folder), options);
  // Who runs the command reads the files: that they are whole must be known before.
  for (const { file, digest } of files) if ((await digestOfFile(file)) !== digest) throw changedSource(file, digest);
  return publishByCommand(files, how.run, description, options);
}

/** Tree by tree. */
function inOrder(files: readonly FormatFile[]): readonly FormatFile[] {
  const archives = files.filter(({ role }) => role === 'archive');
  return archives.flatMap(({ path }) => {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    return order.flatMap((role) => files.filter((file) => file.role === role && file.path.startsWith(folder)));
  });
}

/** The lines that make the images known to metal-stack, for people. */
export function metalctlLines({ facts }: FormatResult): string {
  const images = (facts?.['images'] ?? []) as readonly MetalStackImage[];
  const lines = images.map(({ metalctl }) => metalctl);
  return ['# IMAGES is the URL under which the tree is served', ...lines].join('\n');
}
