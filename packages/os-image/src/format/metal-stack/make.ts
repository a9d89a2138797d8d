import { join } from 'node:path';
import { once } from '@ingot/content';
import type { Architecture } from '../../description/description.ts';
import { filter } from '../../program/filter.ts';
import { requireTools } from '../../program/tools.ts';
import type { RootfsArchitecture } from '../../rootfs/result.ts';
import type { FormatFile, FormatInput, MadeFormat } from '../format.ts';
import { copyOutput, readSource, writeOutput } from '../write.ts';
import { imagesFolderPath } from './images-folder.ts';
import { metalctlLine } from './metalctl.ts';
import { checkMetalStackVersion } from './version.ts';

const archive = 'img.tar.lz4';

/** What `facts` of the result tell: an image for each architecture. */
export interface MetalStackImage {
  /** `debian-12.0.20260214`: how machines are given it. */
  readonly id: string;
  /** Of the archive, relative to the output. */
  readonly path: string;
  /** The line that makes it known to metal-stack. */
  readonly metalctl: string;
}

/**
 * `<imagesdir>/<os>/<major.minor>/{img.tar.lz4,img.tar.lz4.md5,packages.txt}`, as metal-images publishes it. The root
 * file system is read once: it is compressed as it comes, and the archive hashed as it is written. Throws ProjectError
 * INGOT_OS_IMAGE_VERSION, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED, and what `writeOutput` throws.
 */
export async function makeMetalStack(input: FormatInput): Promise<MadeFormat> {
  const { description, version, rootfs } = input;
  const { majorMinor } = checkMetalStackVersion(version, description.place(['version']));
  await requireTools(['lz4'], description.place(['formats']));
  const files: FormatFile[] = [];
  const images: MetalStackImage[] = [];
  for (const each of rootfs.architectures) {
    const os = osOf(description.metalStack.os, each.architecture);
    const folder = `${imagesFolderPath(description.metalStack.imagesFolder)}/${os}/${majorMinor}`;
    files.push(...(await makeTree(input, each, folder)));
    const id = `${os}-${version}`;
    const path = `${folder}/${archive}`;
    images.push({ id, path, metalctl: metalctlLine({ id, path, os, version }) });
  }
  return { files, roots: [], facts: { images } };
}

/**
 * metal-stack's names have no place for an architecture, and metal-images makes amd64 alone. Others get an os of their
 * own beside it, as metal-images does for its variants (`debian-nvidia`): `debian-arm64`.
 */
function osOf(os: string, architecture: Architecture): string {
  return architecture === 'amd64' ? os : `${os}-${architecture}`;
}

async function makeTree(input: FormatInput, rootfs: RootfsArchitecture, folder: string): Promise<FormatFile[]> {
  const { architecture, packages } = rootfs;
  const made = await compress(input, rootfs, `${folder}/${archive}`);
  // metal-hammer takes the text before the first space; `md5sum -c` the name beside it (cmd/image/image.go, checkMD5).
  const line = Buffer.from(`${made.md5}  ${archive}\n`);
  const md5 = await writeOutput(input.folder, `${folder}/${archive}.md5`, once(line));
  const files: FormatFile[] = [
    { path: made.path, size: made.size, digest: made.digest, architecture, role: 'archive' },
    { path: md5.path, size: md5.size, digest: md5.digest, architecture, role: 'md5' },
  ];
  if (packages === undefined) {
    input.note(`${architecture}: no package list was found, so there is no packages.txt beside the archive`);
    return files;
  }
  const from = { ...packages, path: join(input.rootfsFolder, packages.path) };
  const { path, size, digest } = await copyOutput(from, input.folder, `${folder}/packages.txt`);
  return [...files, { path, size, digest, architecture, role: 'packages' }];
}

/** Said explicitly, though lz4's defaults, since metal-hammer reads nothing else: one frame, no checksums of blocks. */
const plainFrame = ['-B7', '-BI', '--frame-crc'];

async function compress(input: FormatInput, { architecture, tar }: RootfsArchitecture, path: string) {
  const from = { ...tar, path: join(input.rootfsFolder, tar.path) };
  const content = readSource(from, input.stage(`compressing ${architecture}`, tar.size));
  const args = ['-q', '-z', `-${input.description.metalStack.level}`, ...plainFrame, '-c', '-'];
  const compressed = filter('lz4', args, content, { signal: input.signal });
  let md5 = '';
  const written = await writeOutput(input.folder, path, compressed, { onMd5: (sum) => void (md5 = sum) });
  return { ...written, md5 };
}
