import { formatBytes, withPlace } from '@ingot/workspace';
import { formatReference } from '@ingot/registry/reference';
import type { Registries, Repository } from '@ingot/registry';
import { blobsOf } from './push.ts';
import type { PushDescription } from './description.ts';
import type { Pushable } from './pushable.ts';

/** What a push would do, as text: what would be sent, what is there, what each tag names now. Sends nothing. */
export async function dryRun(
  { name, version, repositories, tags, attach }: PushDescription,
  what: Pushable,
  registries: Registries,
): Promise<string> {
  const lines = [`${name}:${version}, nothing is pushed (dry run)`];
  for (const { reference, place } of repositories) {
    const look = () => repositoryLines(registries.repository(reference), tags, what);
    lines.push(`${formatReference(reference)}:`, ...(await (place === undefined ? look() : withPlace(place, look))));
  }
  if (attach.length > 0) lines.push(`would attach ${attach.map(({ artifactType }) => artifactType).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

async function repositoryLines(repository: Repository, tags: readonly string[], what: Pushable): Promise<string[]> {
  const lines = await blobLines(repository, what);
  for (const { descriptor, suffix } of what.roots) {
    for (const tag of tags) lines.push(await tagLine(repository, tag + suffix, descriptor.digest));
  }
  return lines;
}

async function blobLines(repository: Repository, what: Pushable): Promise<string[]> {
  const lines: string[] = [];
  let [blobs, bytes] = [0, 0];
  for (const blob of await blobsOf(what)) {
    const there = await repository.exists(blob);
    if (!there) [blobs, bytes] = [blobs + 1, bytes + blob.size];
    lines.push(`  ${there ? 'is there ' : 'would go '} ${blob.digest}  ${formatBytes(blob.size)}  ${blob.mediaType}`);
  }
  return [...lines, `  ${blobs === 0 ? 'nothing to send' : `${formatBytes(bytes)} in ${blobs} to send`}`];
}

async function tagLine(repository: Repository, tag: string, digest: string): Promise<string> {
  const now = await repository.digestOf(tag);
  if (now === digest) return `  tag ${tag}: names it already`;
  return `  tag ${tag}: ${now === undefined ? 'would be new' : `would move from ${now}`}`;
}
