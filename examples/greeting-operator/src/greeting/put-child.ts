import { OperatorError } from '../error.ts';
import { hasStatus } from '../kubernetes/api-error.ts';
import type { Client } from '../kubernetes/client.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Child } from './children.ts';
import { covers } from './covers.ts';

/**
 * Makes a child what it shall be, and returns it as it then is. What the Greeting with this uid does not control is never
 * touched: throws GREETING_FOREIGN.
 */
export async function putChild<T extends KubernetesObject>(
  client: Client,
  { path, object }: Child,
  uid: string | undefined,
): Promise<T> {
  const { name } = object.metadata;
  const own = `${path}/${name}`;
  const found = (await client.get<T>(own)) ?? (await createOrFind<T>(client, path, object));
  const owner = found.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined || owner.uid !== uid) {
    throw new OperatorError('GREETING_FOREIGN', `${object.kind} ${name} is there, and not this Greeting's`, {
      path: own,
      help: 'name the Greeting differently, or remove that object',
    });
  }
  // The owner is right; what others add to that list is theirs.
  const { ownerReferences: _, ...metadata } = object.metadata;
  if (covers(found, { ...object, metadata })) return found;
  const { resourceVersion } = found.metadata;
  return client.patch<T>(own, { ...object, metadata: { ...metadata, resourceVersion } });
}

/** Somebody may create it between the look and this. */
async function createOrFind<T extends KubernetesObject>(
  client: Client,
  path: string,
  object: Child['object'],
): Promise<T> {
  try {
    return await client.create<T>(path, object);
  } catch (error) {
    const found = hasStatus(error, 409) ? await client.get<T>(`${path}/${object.metadata.name}`) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}
