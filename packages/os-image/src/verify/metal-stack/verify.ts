import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSpan, walkStream } from '@ingot/content';
import type { ProjectError } from '@ingot/workspace';
import type { FormatFile, FormatResult } from '../../format/format.ts';
import { checkMetalStackVersion } from '../../format/metal-stack/version.ts';
import { filter } from '../../program/filter.ts';
import { Findings, type Finding } from '../finding.ts';
import { Lz4Frames } from '../lz4-frame.ts';
import { checkRecommended, packageNames } from './recommended.ts';
import { RootRules } from './root.ts';

/**
 * The rules of metal-hammer (cmd/image/image.go, cmd/install.go) and of metal-images' IMAGE_STORE.md on a tree. Throws
 * ContentErrors where a file cannot be read at all, and the reason of `signal`.
 */
export async function verifyMetalStack(
  result: FormatResult,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Findings('metal-stack');
  try {
    checkMetalStackVersion(result.version);
  } catch (error) {
    findings.error('version', (error as ProjectError).message, (error as ProjectError).help);
  }
  const archives = result.files.filter(({ role }) => role === 'archive');
  if (archives.length === 0) findings.error('archive', 'there is no archive');
  for (const archive of archives) await verifyTree(archive, result, folder, findings, signal);
  return findings.all;
}

async function verifyTree(
  archive: FormatFile,
  { files }: FormatResult,
  folder: string,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { path } = archive;
  const of = (role: string) =>
    files.find((file) => file.role === role && file.path.startsWith(path.slice(0, path.lastIndexOf('/') + 1)));
  if (!path.endsWith('lz4')) findings.error('name', `${path} does not end in lz4`, 'metal-hammer takes nothing else');
  const [md5, packages] = await Promise.all([textOf(of('md5'), folder), textOf(of('packages'), folder)]);
  const sum = await verifyFrames(join(folder, path), archive, findings, signal);
  if (md5 === undefined) findings.error('md5', `${path}.md5 is missing`, 'metal-hammer installs nothing without it');
  else checkMd5(md5, sum, `${path}.md5`, findings);
  if (packages === undefined) findings.warning('packages', `there is no packages.txt beside ${path}`);
  await verifyRoot(join(folder, path), packageNames(packages ?? ''), findings, signal);
}

async function textOf(file: FormatFile | undefined, folder: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(join(folder, file.path), 'latin1').catch(() => undefined);
}

/** checkMD5 of metal-hammer: the text before the first space is the sum, in lower case. */
export function checkMd5(text: string, sum: string, path: string, findings: Findings): void {
  const taken = text.split(' ')[0]!;
  if (taken === sum) return;
  const help = `write it as \`md5sum\` does: ${sum}, two spaces, the archive's name`;
  const isForm = /^[0-9a-f]{32}$/.test(taken);
  const what = isForm
    ? `it says ${taken}, the archive has ${sum}`
    : `metal-hammer takes ${JSON.stringify(taken)} of it`;
  findings.error('md5', `${path}: ${what.slice(0, 300)}`, help);
}

/** Hashes the archive and looks at its frames; answers its md5. */
async function verifyFrames(path: string, { digest, size }: FormatFile, findings: Findings, signal: AbortSignal) {
  const [sha256, md5, frames] = [createHash('sha256'), createHash('md5'), new Lz4Frames()];
  for await (const part of readSpan({ path, offset: 0, size })) {
    signal.throwIfAborted();
    sha256.update(part);
    md5.update(part);
    frames.push(part);
  }
  if (`sha256:${sha256.digest('hex')}` !== digest) {
    findings.error('changed', `${path} is not what the target made`, 'run it again with --skip-nx-cache');
  }
  checkFrames(frames, findings);
  return md5.digest('hex');
}

/** What metal-hammer's reader (pierrec/lz4) takes: it stops after the first frame, and does not tell. */
export function checkFrames(frames: Lz4Frames, findings: Findings): void {
  const { problem, frames: count, legacyFrames, blockChecksums, dictionary } = frames.facts();
  const help = 'compress it as one frame: lz4 -9 -c';
  if (legacyFrames > 0) findings.error('lz4', 'the archive is a legacy frame (lz4 -l), which it does not read', help);
  else if (problem) findings.error('lz4', `the archive: ${problem.what} (at byte ${problem.position})`, help);
  if (count > 1) findings.error('lz4', `the archive has ${count} frames, of which it reads the first`, help);
  if (blockChecksums)
    findings.error('lz4', 'the archive has checksums of blocks (lz4 -BX), which it does not read', help);
  if (dictionary) findings.error('lz4', 'the archive needs a dictionary', help);
}

async function verifyRoot(path: string, packages: readonly string[], findings: Findings, signal: AbortSignal) {
  const rules = new RootRules(findings);
  const archive = readSpan({ path, offset: 0, size: (await stat(path)).size });
  try {
    const tar = filter('lz4', ['-q', '-d', '-c', '-'], archive, { signal });
    await walkStream(path, tar, (member, reader) => rules.visit(member, reader));
  } catch (error) {
    const { code, message } = error as ProjectError;
    signal.throwIfAborted();
    if (code !== 'INGOT_TAR' && code !== 'INGOT_TOOL_FAILED') throw error;
    findings.error('unpack', message, 'build it again');
    return;
  }
  checkRecommended(packages, rules.finish(), findings);
}
