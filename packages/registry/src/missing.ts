import { isDigest } from '@ingot/content';
import { RegistryError } from './error.ts';
import { listTags } from './tags.ts';
import type { RegistryClient } from './client.ts';

/** So many tags are looked at for near ones, and so many are named. */
const mostLooked = 10_000;
const mostNamed = 3;

/** The error for a tag or manifest that is not there: names the tags that are near. */
export async function missing(client: RegistryClient, tagOrDigest: string): Promise<RegistryError> {
  if (isDigest(tagOrDigest)) {
    return new RegistryError('INGOT_REGISTRY_MISSING', `there is no manifest ${client.named(tagOrDigest)}`, {
      digest: tagOrDigest,
      status: 404,
      help: 'It was deleted there, or never pushed. A lock file that names it needs an update.',
    });
  }
  const tag: string = tagOrDigest;
  const tags = await someTags(client);
  const message = `${client.name} has no tag ${JSON.stringify(tag)}`;
  if (tags === undefined) {
    const help = 'Check the name of the repository: it is not there, or we may not see it.';
    return new RegistryError('INGOT_REGISTRY_MISSING', message, { status: 404, help });
  }
  const near = nearest(tagOrDigest, tags);
  const there = near.length > 0 ? `; there is ${near.join(', ')}` : '';
  const help = near.length > 0 ? 'Name a tag that is there.' : 'The repository has no tags at all.';
  return new RegistryError('INGOT_REGISTRY_MISSING', `${message}${there}`, { status: 404, help });
}

/** Undefined where they cannot be listed. */
async function someTags(client: RegistryClient): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  try {
    for await (const tag of listTags(client)) if (found.push(tag) >= mostLooked) break;
  } catch {
    return undefined;
  }
  return found;
}

/** Those that differ least, by letters put in, left out or changed; equal ones by code unit. */
function nearest(word: string, tags: readonly string[]): readonly string[] {
  const measured = tags.map((tag) => ({ tag, far: distance(word, tag) }));
  measured.sort((a, b) => a.far - b.far || (a.tag < b.tag ? -1 : 1));
  return measured.slice(0, mostNamed).map(({ tag }) => tag);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
