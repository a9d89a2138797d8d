import { mountBlob } from './blob/mount.ts';
import { hasBlob } from './blob/presence.ts';
import { upload } from './blob/upload.ts';
import type { Descriptor, Fetcher, ReceiveOptions, Received } from '@ingot/content';
import type { RegistryClient } from './client.ts';
import type { Sent } from './sent/sent.ts';
import type { Answer } from './transport/answer.ts';

/**
 * Brings a blob to a repository with as few bytes as can be: it is there, or in another repository of the registry
 * from where it can be mounted, or it is sent; once, by whichever process is first.
 */
export async function receiveBlob(
  client: RegistryClient,
  sent: Sent,
  descriptor: Descriptor,
  from: Fetcher,
  { onBytes = () => undefined, mountFrom = [] }: ReceiveOptions,
): Promise<Received> {
  const { origin, repository } = client.endpoint;
  const { digest } = descriptor;
  const others = async () => {
    const known = [...mountFrom, ...(await sent.holders(origin.host, digest))];
    return [...new Set(known)].filter((one) => one !== repository);
  };
  // Where another repository has it, this one most often has not: to mount tells both, and needs no lock.
  const tried = await others();
  const begun = await mountFirst(client, sent, descriptor, tried);
  if (begun === 'mounted') return begun;
  if (await hasBlob(client, descriptor)) {
    await sent.add(origin.host, digest, repository);
    return 'present';
  }
  return sent.alone(origin.host, digest, client.retrying.signal, async () => {
    // Whoever had the lock before us may have brought it to this very repository, or to one to mount from.
    const known = await sent.holders(origin.host, digest);
    if (known.includes(repository) && (await hasBlob(client, descriptor))) return 'present';
    const fresh = (await others()).filter((one) => !tried.includes(one));
    const how = (await mountFirst(client, sent, descriptor, fresh)) ?? begun;
    if (how !== 'mounted') await upload(client, descriptor, from, onBytes, how);
    await sent.add(origin.host, digest, repository);
    return how === 'mounted' ? 'mounted' : 'sent';
  });
}

/** Mounts from the first that has it; else gives back an upload that the registry has opened instead, if it has. */
async function mountFirst(
  client: RegistryClient,
  sent: Sent,
  descriptor: Descriptor,
  candidates: readonly string[],
): Promise<'mounted' | Answer | undefined> {
  let opened: Answer | undefined;
  for (const repository of candidates) {
    const how = await mountBlob(client, descriptor, repository);
    if (how === 'mounted') return how;
    await sent.remove(client.endpoint.origin.host, descriptor.digest, repository);
    opened = how ?? opened;
  }
  return opened;
}
