import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Descriptor, digestOfFile, readSpan, type TarMember, type TarReader, walkStream } from '@ingot/content';
import type { ProjectError } from '@ingot/workspace';
import type { OsImageDescription } from '../description/description.ts';
import type { FormatFile, FormatResult, FormatRoot } from '../format/format.ts';
import { onmetal } from '../format/onmetal/store.ts';
import { filter } from '../program/filter.ts';
import { SeenBlobs } from './blobs.ts';
import { Findings, type Finding } from './finding.ts';
import { checkIndex, checkLayout, checkOnmetalImage } from './onmetal.ts';
import { plain } from './tree.ts';

/** The listing of features/_oci/README.md of gardenlinux, without what is made of the others. */
const roles = ['oci.tar.xz', 'tar.xz', 'tar.xz.sha256', 'manifest', 'os-release', 'log', 'vmlinuz', 'initrd'] as const;

/** A larger one is a layer. */
const smallBlob = 1024 * 1024;

/** The set of files of each architecture: complete, with the right sum, and with a sound store in it. */
export async function verifyGardenlinux(
  result: FormatResult,
  folder: string,
  description: OsImageDescription,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Findings('gardenlinux');
  for (const [i, root] of result.roots.entries()) {
    const architecture = description.architectures[i] ?? '';
    const files = result.files.filter((file) => file.architecture === architecture);
    const base = `${description.gardenlinux.prefix}-${architecture}-${result.version}`;
    const set = checkSet(files, base, description.gardenlinux.raw, findings);
    for (const { path, digest } of files) {
      if ((await digestOfFile(join(folder, path)).catch(() => undefined)) === digest) continue;
      findings.error('changed', `${path} is not what the target made`, 'run it again with --skip-nx-cache');
    }
    await checkSum(set, folder, findings);
    const archive = set.get('tar.xz');
    if (archive) await checkTar(join(folder, archive.path), findings, signal);
    const store = set.get('oci.tar.xz');
    if (store) await checkStore(join(folder, store.path), root, set, findings, signal);
  }
  if (result.roots.length !== description.architectures.length) findings.error('set', 'an architecture is missing');
  return findings.all;
}

function checkSet(
  files: readonly FormatFile[],
  base: string,
  raw: boolean,
  findings: Findings,
): Map<string, FormatFile> {
  const set = new Map(files.map((file) => [file.role, file]));
  for (const role of [...roles, ...(raw ? ['raw'] : [])]) {
    const file = set.get(role);
    if (file === undefined) findings.error('set', `${base}.${role} is missing`);
    else if (file.path !== `${base}.${role}`) findings.error('set', `${file.path} should be ${base}.${role}`);
  }
  return set;
}

/** `sha256sum … | cut -d" " -f1` of bin/garden-build: the digits alone. */
async function checkSum(set: ReadonlyMap<string, FormatFile>, folder: string, findings: Findings): Promise<void> {
  const [archive, sum] = [set.get('tar.xz'), set.get('tar.xz.sha256')];
  if (archive === undefined || sum === undefined) return;
  const text = await readFile(join(folder, sum.path), 'latin1').catch(() => '');
  if (text === `${archive.digest.slice('sha256:'.length)}\n`) return;
  const help = 'the digits alone and a line end, as `sha256sum FILE | cut -d" " -f1` gives them';
  findings.error('sha256', `${sum.path} is not the sum of ${archive.path}`, help);
}

async function checkTar(path: string, findings: Findings, signal: AbortSignal): Promise<void> {
  const names = new Set<string>();
  const walked = await walkXz(path, findings, signal, (member) => void names.add(plain(member.path).split('/')[0]!));
  if (walked && !['etc', 'usr', 'boot'].some((name) => names.has(name))) {
    findings.error('root', `${path} holds no root file system at its top`);
  }
}

/** onmetal/ as onmetal-image wrote it, and its layers the same as the files beside it. */
async function checkStore(
  path: string,
  root: FormatRoot,
  set: ReadonlyMap<string, FormatFile>,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const blobs = new SeenBlobs();
  const small = new Map<string, Uint8Array>();
  const walked = await walkXz(path, findings, signal, async (member, reader) => {
    const name = plain(member.path);
    if (!/^onmetal(\/|$)/.test(name)) findings.error('store', `${name} is not below onmetal/`);
    if (member.type !== 'file') return;
    const { digest, bytes } = await digested(member, reader);
    const [, hex] = /^onmetal\/blobs\/sha256\/(.+)$/.exec(name) ?? [];
    if (hex === undefined) small.set(name, bytes ?? new Uint8Array());
    else if (digest !== `sha256:${hex}`) findings.error('blob', `${name} has the digest ${digest}`);
    else blobs.add(digest, member.size, bytes);
  });
  if (!walked) return;
  checkIndex(small.get('onmetal/index.json') ?? new Uint8Array(), [root], findings);
  checkLayout(Buffer.from(small.get('onmetal/oci-layout') ?? []).toString('utf8'), findings);
  const layers = await checkOnmetalImage(root, blobs, findings, signal);
  same(layers, onmetal.kernel, set.get('vmlinuz'), findings);
  same(layers, onmetal.initramfs, set.get('initrd'), findings);
  same(layers, onmetal.rootfs, set.get('raw'), findings);
}

function same(layers: readonly Descriptor[], type: string, file: FormatFile | undefined, findings: Findings): void {
  const layer = layers.find(({ mediaType }) => mediaType === type);
  if (layer === undefined || file === undefined || layer.digest === file.digest) return;
  findings.error('same', `${file.path} is not what is in the store`);
}

async function digested({ offset, size }: TarMember, reader: TarReader) {
  const hash = createHash('sha256');
  let bytes: Uint8Array | undefined;
  for (let done = 0; done < size;) {
    const part = await reader.read(offset + done, Math.min(size - done, smallBlob));
    if (part.length === 0) break;
    hash.update(part);
    if (part.length === size) bytes = Buffer.from(part);
    done += part.length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, bytes: size === 0 ? new Uint8Array() : bytes };
}

/** False where it cannot be walked, which is then among the findings. */
async function walkXz(
  path: string,
  findings: Findings,
  signal: AbortSignal,
  visit: (member: TarMember, reader: TarReader) => Promise<void> | void,
): Promise<boolean> {
  try {
    const { size } = await stat(path);
    const tar = filter('xz', ['-q', '-d', '-c', '-T2'], readSpan({ path, offset: 0, size }), { signal });
    await walkStream(path, tar, visit);
    return true;
  } catch (error) {
    const { code, message } = error as ProjectError;
    signal.throwIfAborted();
    if (!['INGOT_TAR', 'INGOT_TOOL_FAILED', 'ENOENT'].includes(code)) throw error;
    findings.error('unpack', message, 'run the target again with --skip-nx-cache');
    return false;
  }
}
