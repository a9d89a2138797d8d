import { isDigest, parseSource } from '@ingot/content';

import { SolutionError } from '../error.ts';
import { solutionNameProblems } from '../format/name.ts';
import { solutionVersionProblems } from '../format/version.ts';
import type { Plan } from './plan.ts';

/**
 * Reads plan.json. It comes from a cache, perhaps another machine's, or from an editor: what this version would not have
 * written is refused, paths that leave the workspace among it. The ISO's own rules (names, volume ID, time) are left to
 * `planIso`. Throws SolutionError INGOT_PLAN.
 */
export function readPlan(bytes: Uint8Array, path: string): Plan {
  const plan = parse(bytes);
  const fault = faultOf(plan);
  if (fault === undefined) return plan as unknown as Plan;
  throw new SolutionError('INGOT_PLAN', `the plan ${fault}`, {
    path,
    help: 'Plan the Solution again: run the target that plans it (plan), with --skip-nx-cache.',
  });
}

type Json = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array): Json {
  try {
    return record(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return {};
  }
}

function faultOf(plan: Json): string | undefined {
  const { ingot, name, version, volumeId, platform, images, files, links } = plan;
  const contents = record(plan['contents']);
  if (
    ingot !== 'plan/v1' ||
    ![name, version, volumeId, platform].every(isText) ||
    ![plan['time'], plan['size']].every(isCount) ||
    !isDigest(plan['head']) ||
    ![images, files, links].every((each) => Array.isArray(each))
  ) {
    return 'is not a plan that this version of Ingot reads';
  }
  const [wrong] = [...solutionNameProblems(String(name)), ...solutionVersionProblems(String(version), String(name))];
  if (wrong !== undefined) return `has a name or version that is none: ${wrong.message}`;
  const parts: [kind: string, values: readonly unknown[], isSound: (value: Json) => boolean][] = [
    ['an image', images as unknown[], isImage],
    ['a file', files as unknown[], (file) => isFile(file) && Object.hasOwn(contents, file['digest'] as string)],
    ['a link', links as unknown[], ({ path, target }) => isText(path) && isText(target)],
    ['a content', Object.values(contents), isContent],
  ];
  for (const [kind, values, isSound] of parts) {
    const broken = values.find((value) => !isSound(record(value)));
    if (broken !== undefined) return `has ${kind} that is none: ${JSON.stringify(broken)?.slice(0, 200)}`;
  }
  return Object.keys(contents).every(isDigest) ? undefined : 'has contents without digests';
}

function isImage({ name, tag, aliases, digest, source, size }: Json): boolean {
  const names = [name, tag, source, ...(Array.isArray(aliases) ? (aliases as unknown[]) : [undefined])];
  return names.every(isText) && isDigest(digest) && isCount(size);
}

function isFile({ path, digest, size }: Json): boolean {
  return isText(path) && isDigest(digest) && isCount(size);
}

function isContent(content: Json): boolean {
  const { text, file, source, mediaType } = content;
  if (text !== undefined) return isText(text);
  if (file !== undefined) return isText(file) && isInWorkspace(file);
  return isText(source) && isSource(source) && (isText(mediaType) || isRecompression(record(content['recompressed'])));
}

function isRecompression({ digest, size, mediaType, level }: Json): boolean {
  return isDigest(digest) && isCount(size) && isText(mediaType) && isCount(level) && level <= 12;
}

function isSource(text: string): boolean {
  try {
    const source = parseSource(text);
    return !('path' in source) || isInWorkspace(source.path);
  } catch {
    return false;
  }
}

function isInWorkspace(path: string): boolean {
  return path !== '' && !/^[/\\]|^\w:|\0/.test(path) && !path.split(/[/\\]/).includes('..');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
